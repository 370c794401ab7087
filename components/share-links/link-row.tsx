"use client";
import { Check, Copy, EllipsisVertical, Link2, QrCode, RefreshCw, Settings2, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { IconCircle } from "#components/sharing/icon-circle.tsx";
import { DropdownMenu, MenuItem, MenuSeparator } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { InlineQuestion } from "#components/ui/inline-question.tsx";
import type { LinkView } from "#lib/links/schema.ts";
import { ShownAddress } from "./shown-address.tsx";
import { LinkFacts, LinkState, useLinkName } from "./words.tsx";

/** What is asked about first, because it can't be taken back. */
export type Asked = "revoke" | "regenerate";

interface LinkRowProps {
  link: LinkView;
  isCopied: boolean;
  /** Its address could not be copied: it is shown. */
  isShown: boolean;
  /** What to know of one that was just made. */
  hint: string | null;
  asked: Asked | null;
  onCopy: () => void;
  onSettings: (isQrShown: boolean) => void;
  onAsk: (what: Asked | null) => void;
  onConfirm: (what: Asked) => void;
}

/** One link: what it is called and gives, copying it, and what else can be done with it. */
export function LinkRow(props: LinkRowProps) {
  const { link, isCopied, isShown, hint, asked, onCopy, onSettings, onAsk, onConfirm } = props;
  const t = useTranslations("links");
  const common = useTranslations("common");
  const name = useLinkName()(link);
  return (
    <>
      <div className="flex min-h-12 items-center gap-3 py-1.5">
        <IconCircle>
          <Link2 />
        </IconCircle>
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-1.5">
            <button
              type="button"
              data-first
              aria-label={t("settingsOf", { name })}
              onClick={() => onSettings(false)}
              className="max-w-full rounded-sm text-left font-medium wrap-anywhere hover:underline"
            >
              {name}
            </button>
            <LinkState state={link.state} />
          </p>
          <p className="text-ink-muted text-sm wrap-anywhere">
            <LinkFacts link={link} />
          </p>
          {hint && <p className="text-success-ink text-sm">{hint}</p>}
        </div>
        {link.url !== null && (
          <IconButton
            label={isCopied ? common("copied") : t("copy", { name })}
            icon={isCopied ? <Check /> : <Copy />}
            onClick={onCopy}
          />
        )}
        <DropdownMenu
          trigger={
            <IconButton
              label={t("more", { name })}
              icon={<EllipsisVertical />}
              hasTooltip={false}
              className="-ml-2"
            />
          }
        >
          <MenuItem onSelect={() => later(() => onSettings(false))}>
            <Settings2 aria-hidden />
            {t("settings")}
          </MenuItem>
          {link.url !== null && (
            <MenuItem onSelect={() => later(() => onSettings(true))}>
              <QrCode aria-hidden />
              {t("showQr")}
            </MenuItem>
          )}
          <MenuItem onSelect={() => onAsk("regenerate")}>
            <RefreshCw aria-hidden />
            {t("regenerate")}
          </MenuItem>
          <MenuSeparator />
          <MenuItem isDangerous onSelect={() => onAsk("revoke")}>
            <Trash2 aria-hidden />
            {t("revoke")}
          </MenuItem>
        </DropdownMenu>
      </div>
      {link.url === null && <p className="text-ink-muted pb-1.5 pl-10 text-sm">{t("sealed")}</p>}
      {isShown && link.url !== null && (
        <div className="flex flex-col gap-1 pb-2 pl-10">
          <p role="alert" className="text-sm">
            {t("notCopied")}
          </p>
          <ShownAddress url={link.url} label={t("address", { name })} />
        </div>
      )}
      {asked && (
        <InlineQuestion
          title={t(`ask.${asked}Title`, { name })}
          confirmLabel={t(`ask.${asked}`)}
          isDangerous={asked === "revoke"}
          onCancel={() => onAsk(null)}
          onConfirm={() => onConfirm(asked)}
          className="mb-2 ml-10"
        >
          {t(`ask.${asked}Text`)}
        </InlineQuestion>
      )}
    </>
  );
}

/** Once the menu has let go of the focus. */
const later = (step: () => void) => void setTimeout(step);
