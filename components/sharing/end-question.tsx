"use client";
import { useTranslations } from "next-intl";
import { InlineQuestion } from "#components/ui/inline-question.tsx";
import type { GrantView } from "#lib/sharing/schema.ts";
import { EndField, useEnd } from "./end-field.tsx";
import { grantName } from "./grant-name.ts";

interface EndQuestionProps {
  grant: GrantView;
  onClose: () => void;
  /** Called with the chosen end, as ISO 8601 or null for none. */
  onChoose: (expiresAt: string | null) => void;
}

/** Asks under somebody's row when their access ends. */
export function EndQuestion({ grant, onClose, onChoose }: EndQuestionProps) {
  const t = useTranslations("share");
  const common = useTranslations("common");
  const end = useEnd(grant.expiresAt);
  return (
    <InlineQuestion
      title={t("endTitle", { name: grantName(grant) })}
      hasFields
      className="mb-2 sm:ml-10"
      confirmLabel={common("save")}
      onCancel={onClose}
      onConfirm={() => {
        const expiresAt = end.read();
        if (expiresAt !== undefined) onChoose(expiresAt);
      }}
    >
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <EndField {...end.field} isFirst />
      </div>
    </InlineQuestion>
  );
}
