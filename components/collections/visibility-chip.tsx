"use client";
import { Building2, Globe, LockKeyhole } from "lucide-react";
import { useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { Visibility } from "#lib/collections/schema.ts";

export const visibilityIcons = { private: LockKeyhole, workspace: Building2, public: Globe };

/** Who can open a collection besides those added to it. */
export function VisibilityChip({ visibility }: { visibility: Visibility }) {
  const t = useTranslations("collection.visibility");
  const Icon = visibilityIcons[visibility];
  return (
    <Tooltip label={t(`${visibility}.text`)}>
      <span>
        <Badge icon={<Icon aria-hidden />}>{t(`${visibility}.label`)}</Badge>
      </span>
    </Tooltip>
  );
}
