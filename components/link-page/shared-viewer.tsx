"use client";
import { NextIntlClientProvider } from "next-intl";
import { Suspense, useMemo } from "react";
import { call } from "#components/call.ts";
import {
  type DocumentSource,
  DocumentSourceProvider,
  type ViewedDocument,
} from "#components/documents/viewer/document-source.ts";
import { Viewer } from "#components/documents/viewer/viewer.tsx";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { QueryProvider } from "#components/query-provider.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Toaster } from "#components/ui/toast.tsx";
import { TooltipLayer } from "#components/ui/tooltip-layer.tsx";
import { useHotkeys } from "#components/use-hotkeys.ts";
import { defaultLocale, isLocale } from "#lib/i18n/locales.ts";
import { getSharedContentUrl } from "#lib/links/api.ts";
import { fileAddress, thumbnailAddress } from "./addresses.ts";

export interface SharedViewerProps {
  token: string;
  document: ViewedDocument;
  downloadLabel: string;
  previous: string | null;
  next: string | null;
}

/** The product's viewers for a document that a link opens, with all they rely on: it comes after the page is there. */
export function SharedViewer({ token, document, downloadLabel, previous, next }: SharedViewerProps) {
  const { lang } = window.document.documentElement;
  const source = useMemo(
    (): DocumentSource => ({
      contentUrl: (id) => call(getSharedContentUrl, { params: { token, id } }),
      inlinePath: (id) => fileAddress(token, id, { inline: true }),
      thumbnailPath: (id) => thumbnailAddress(token, id),
      Download: ({ documentId }) => (
        <a href={fileAddress(token, documentId)} download className={buttonClass({ variant: "primary" })}>
          {downloadLabel}
        </a>
      ),
    }),
    [token, downloadLabel],
  );
  const go = (to: string | null) => to && location.assign(to);
  useHotkeys({ j: () => go(next), k: () => go(previous) });
  return (
    <NextIntlClientProvider
      locale={isLocale(lang) ? lang : defaultLocale}
      timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      messages={{}}
    >
      <Suspense>
        <AreaMessages area="viewer">
          <QueryProvider>
            <DocumentSourceProvider value={source}>
              <Viewer document={document} />
            </DocumentSourceProvider>
            <TooltipLayer />
            <Toaster />
          </QueryProvider>
        </AreaMessages>
      </Suspense>
    </NextIntlClientProvider>
  );
}
