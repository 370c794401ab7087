"use client";
import { MoreHorizontal } from "lucide-react";
import { useTranslations } from "next-intl";
import { lazyPart } from "#components/lazy-part.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { MenuButton } from "#components/ui/menu-button.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";

const Items = lazyPart(() => import("./document-menu-items.tsx").then((module) => module.DocumentMenuItems));

export interface DocumentActions {
  onRename: (document: DocumentView) => void;
  onTrash: (documents: DocumentView[]) => void;
  onMove?: (documents: DocumentView[]) => void;
  onShare?: (document: DocumentView) => void;
  onDetails?: (document: DocumentView) => void;
}

/** What can be done with one document; only what its reader may do is offered. */
export function DocumentMenu({
  document,
  actions,
  className,
}: {
  document: DocumentView;
  actions: DocumentActions;
  className?: string;
}) {
  const t = useTranslations("document");
  return (
    <MenuButton
      trigger={
        <IconButton
          label={t("actionsOf", { name: document.name })}
          icon={<MoreHorizontal />}
          size="sm"
          hasTooltip={false}
          className={className}
        />
      }
      load={Items.load}
    >
      {(trigger) => <Items trigger={trigger} document={document} actions={actions} />}
    </MenuButton>
  );
}
