"use client";
import { RotateCcw, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";

interface TrashRowProps {
  icon: ReactNode;
  name: string;
  facts: ReactNode;
  trashedAt: string | null;
  /** What deleting for good takes away and frees. */
  deleteText: string;
  onRestore: () => void;
  onDelete: () => void;
}

/** Something in the trash: brought back at a press, deleted for good after a question. */
export function TrashRow({ icon, name, facts, trashedAt, deleteText, onRestore, onDelete }: TrashRowProps) {
  const t = useTranslations("collection.trash");
  const common = useTranslations("common");
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="border-line @container border-b">
      <div className="flex min-h-14 items-center gap-3 py-2">
        <span className="text-ink-faint grid w-8 shrink-0 place-items-center">{icon}</span>
        <span className="min-w-0 flex-1">
          <span className="line-clamp-2 font-medium wrap-anywhere" title={name}>
            {name}
          </span>
          <span className="text-ink-muted block text-sm">
            {facts}
            {trashedAt && (
              <>
                <span aria-hidden> · </span>
                {t("since")} <RelativeTime value={trashedAt} />
              </>
            )}
          </span>
        </span>
        <Button aria-label={t("restoreOf", { name })} onClick={onRestore}>
          <RotateCcw aria-hidden />
          <span className="@max-[38rem]:hidden">{common("restore")}</span>
        </Button>
        <Button variant="ghost" aria-label={t("deleteOf", { name })} onClick={() => setAsking(true)}>
          <Trash2 aria-hidden />
          <span className="@max-[38rem]:hidden">{t("delete")}</span>
        </Button>
      </div>
      <AlertDialog
        isOpen={isAsking}
        onOpenChange={setAsking}
        title={t("deleteTitle", { name })}
        description={deleteText}
        confirmLabel={t("delete")}
        onConfirm={() => {
          setAsking(false);
          onDelete();
        }}
      />
    </div>
  );
}
