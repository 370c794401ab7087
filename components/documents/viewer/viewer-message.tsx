"use client";
import type { ReactNode } from "react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { DownloadLink } from "../download-link.tsx";

interface ViewerMessageProps {
  documentId: string;
  icon: ReactNode;
  title: string;
  text: string;
}

/** Says why a document is not shown here, and offers the file itself. */
export function ViewerMessage({ documentId, icon, title, text }: ViewerMessageProps) {
  return (
    <div role="alert" className="grid h-full place-items-center">
      <EmptyState
        icon={icon}
        title={title}
        text={text}
        action={<DownloadLink documentId={documentId} variant="primary" />}
      />
    </div>
  );
}
