"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FileLock, FolderLock } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useEffect } from "react";
import { collectionKey } from "#components/collections/queries.ts";
import { documentKey } from "#components/documents/queries.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import type { FormAction } from "#components/ui/plain-form.tsx";
import type { FormOutcome } from "#lib/http/schema.ts";
import { AskForm } from "./ask-form.tsx";
import { OwnRequest } from "./own-request.tsx";
import { ownRequestQuery, type Wanted } from "./queries.ts";

export interface RefusedProps extends Wanted {
  /** The reader's own address: they may have signed in with another one than was invited. */
  email?: string;
  /** Sends the form where scripts don't run, and what came of it. */
  action?: FormAction;
  outcome?: FormOutcome | null;
}

const heading = "font-serif text-xl font-medium text-balance";
const isId = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Instead of what the reader may not open, or what is not there: nobody is told which. Those who can share it are asked
 * from here, without being named.
 */
export function Refused({ type, id, email, action, outcome }: RefusedProps) {
  const t = useTranslations("requests");
  const client = useQueryClient();
  const own = useQuery({
    ...ownRequestQuery({ type, id }),
    // an address that is none is refused like all others, and nobody asked for it
    enabled: isId.test(id),
  });
  const status = own.data?.status;
  // approved meanwhile: what was refused opens by itself
  useEffect(() => {
    if (status !== "approved") return;
    void client.invalidateQueries({ queryKey: type === "collection" ? collectionKey(id) : documentKey(id) });
  }, [status, client, type, id]);
  const isWaiting = status === "open";
  const Icon = type === "collection" ? FolderLock : FileLock;
  return (
    <div className="mx-auto flex w-full max-w-120 flex-col px-4 py-12 sm:py-16">
      <span
        aria-hidden
        className="bg-sunken text-ink-faint mb-5 grid size-12 place-items-center rounded-full [&_svg]:size-5"
      >
        <Icon />
      </span>
      <div role="alert">
        <h1 className={heading}>{t(`refused.title`, { type })}</h1>
        <p className="text-ink-muted mt-2 text-pretty">{t("refused.text", { type })}</p>
      </div>
      {email && (
        <p className="text-ink-muted mt-2 text-pretty wrap-anywhere">{t("refused.account", { email })}</p>
      )}
      <div className="mt-6">
        {own.data && status !== "withdrawn" && status !== "lapsed" && <OwnRequest request={own.data} />}
        {!isWaiting && (
          <AskForm
            key={own.data?.askedAt}
            wanted={{ type, id }}
            declinedAt={status === "declined" ? own.data?.answeredAt : undefined}
            action={action}
            outcome={outcome}
          />
        )}
      </div>
      <div className="border-line mt-8 border-t pt-4">
        <Link href="/" className={buttonClass()}>
          {t("refused.home")}
        </Link>
      </div>
    </div>
  );
}
