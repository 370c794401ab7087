"use client";
import type { ReactNode } from "react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { useDocumentSource } from "./document-source.ts";

interface ViewerMessageProps {
  documentId: string;
  icon: ReactNode;
  title: string;
  text: string;
}

/** Says why a document is not shown here, and offers the file itself. */
export function ViewerMessage({ documentId, icon, title, text }: ViewerMessageProps) {
  const { Download } = useDocumentSource();
  return (
    <div role="alert" className="grid h-full place-items-center">
      <EmptyState
        icon={icon}
        title={title}
        text={text}
        action={<Download documentId={documentId} variant="primary" />}
      />
    </div>
  );
}
