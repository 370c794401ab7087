"use client";
import { Share2, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";

interface ShareButtonProps {
  /** Those who can't share are offered to look. */
  canShare: boolean;
  /** On narrow screens the icon alone is seen. */
  isShort?: boolean;
  onPress: () => void;
}

/** Opens the share dialog, in the words for what the reader can do there. */
export function ShareButton({ canShare, isShort = false, onPress }: ShareButtonProps) {
  const t = useTranslations("common");
  return (
    <Button variant={canShare ? "primary" : "secondary"} onClick={onPress}>
      {canShare ? <Share2 aria-hidden /> : <UsersRound aria-hidden />}
      <span className={isShort ? "max-sm:sr-only" : undefined}>{t(canShare ? "share" : "access")}</span>
    </Button>
  );
}
