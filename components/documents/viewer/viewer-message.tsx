"use client";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { buttonClass } from "#components/ui/button-class.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { downloadPath } from "../queries.ts";

interface ViewerMessageProps {
  documentId: string;
  icon: ReactNode;
  title: string;
  text: string;
}

/** Says why a document is not shown here, and offers the file itself. */
export function ViewerMessage({ documentId, icon, title, text }: ViewerMessageProps) {
  const common = useTranslations("common");
  return (
    <div role="alert" className="grid h-full place-items-center">
      <EmptyState
        icon={icon}
        title={title}
        text={text}
        action={
          <a href={downloadPath(documentId)} download className={buttonClass({ variant: "primary" })}>
            <Download aria-hidden />
            {common("download")}
          </a>
        }
      />
    </div>
  );
}
