"use client";
import { useQuery } from "@tanstack/react-query";
import { Check, Copy, QrCode } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import { Problem } from "#components/sharing/problem.tsx";
import type { OnRefused, SharedThing } from "#components/sharing/shared-thing.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { ChangeLinkInput, LinkRole, LinkView } from "#lib/links/schema.ts";
import { useCopy } from "./copy.ts";
import { EndSetting } from "./end-setting.tsx";
import { PasswordSetting } from "./password-setting.tsx";
import { linksQuery, useChangeLink } from "./queries.ts";
import { ShownAddress } from "./shown-address.tsx";
import { TextSetting } from "./text-setting.tsx";
import { useLinkName } from "./words.tsx";

const LinkQr = lazyPart(() => import("./link-qr.tsx").then((module) => module.LinkQr));

const roles: readonly LinkRole[] = ["viewer", "commenter"];
type Part = "name" | "role" | "end" | "uses" | "password" | "download" | "watermark";

interface LinkSettingsProps {
  thing: SharedThing;
  linkId: string;
  isQrShown: boolean;
  onSaid: (text: string) => void;
  onRefused: OnRefused;
}

/** Everything about one link, each part changed where it stands. */
export function LinkSettings({ thing, linkId, ...props }: LinkSettingsProps) {
  const t = useTranslations("links.edit");
  const { data } = useQuery({ ...linksQuery(thing), enabled: false });
  const link = data?.items.find(({ id }) => id === linkId);
  const intro = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    intro.current?.focus();
    intro.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div className="flex flex-col gap-5">
      <p ref={intro} tabIndex={-1} role={link ? undefined : "alert"} className="text-ink-muted outline-none">
        {t(link ? "atOnce" : "gone")}
      </p>
      {link && <Settings thing={thing} link={link} {...props} />}
    </div>
  );
}

function Settings({
  thing,
  link,
  isQrShown,
  onSaid,
  onRefused,
}: Omit<LinkSettingsProps, "linkId"> & { link: LinkView }) {
  const t = useTranslations("links");
  const edit = useTranslations("links.edit");
  const common = useTranslations("common");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const name = useLinkName()(link);
  const { mutateAsync } = useChangeLink(thing);
  const { copied, failed, copy } = useCopy();
  const [isQrOpen, setQrOpen] = useState(isQrShown);
  const [failure, setFailure] = useState<{ part: Part; error: unknown } | null>(null);
  const [saved, setSaved] = useState<Part | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => void (timer.current && clearTimeout(timer.current)), []);

  /** Answers whether it holds now. */
  async function change(part: Part, change: ChangeLinkInput): Promise<boolean> {
    setFailure(null);
    setSaved(null);
    try {
      await mutateAsync({ link, change });
    } catch (error) {
      setFailure({ part, error });
      onRefused(error, t("failed.change", { name }));
      return false;
    }
    setSaved(part);
    if (timer.current) clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaved(null), 2000);
    onSaid(edit("saidSaved", { name }));
    return true;
  }
  const problemOf = (part: Part): ReactNode =>
    failure?.part === part && (
      <Problem error={failure.error} what={t("failed.change", { name })} isShown className="mt-1" />
    );
  /** Beside the part that was saved last, for a moment. */
  const savedMark = (part: Part): ReactNode =>
    saved === part && (
      <span aria-hidden className="text-success-ink inline-flex items-center gap-1 text-sm">
        <Check className="size-3.5" />
        {edit("saved")}
      </span>
    );
  const date = (value: string) => formatDate(value, { locale, timeZone, style: "dateTime" });
  const { url, createdBy } = link;
  return (
    <>
      {url !== null && (
        <section className="flex flex-col gap-2" aria-label={edit("address")}>
          <div className="flex flex-wrap items-center gap-2">
            <div className="min-w-0 flex-1 basis-60">
              <ShownAddress url={url} label={t("address", { name })} />
            </div>
            <Button onClick={() => void copy(Promise.resolve({ id: link.id, text: url }))}>
              {copied === link.id ? <Check aria-hidden /> : <Copy aria-hidden />}
              <span aria-live="polite">{copied === link.id ? common("copied") : common("copy")}</span>
            </Button>
            <Button aria-expanded={isQrOpen} onClick={() => setQrOpen(!isQrOpen)}>
              <QrCode aria-hidden />
              {isQrOpen ? edit("hideQr") : t("showQr")}
            </Button>
          </div>
          {failed === link.id && (
            <p role="alert" className="text-danger-ink text-sm">
              {t("notCopied")}
            </p>
          )}
          {isQrOpen && <LinkQr url={url} fileName={name} />}
        </section>
      )}
      <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">
        <div className="sm:col-span-2">
          <TextSetting
            label={edit("name")}
            hint={edit("nameHint")}
            value={link.name}
            placeholder={name}
            maxLength={120}
            aside={savedMark("name")}
            read={(text) => ({ value: text.trim() })}
            onChange={(value) => void change("name", { name: value })}
          />
          {problemOf("name")}
        </div>
        <div>
          <Field label={edit("role")} aside={savedMark("role")}>
            {(control) => (
              <Select
                {...control}
                value={link.role}
                onValueChange={(role) => void change("role", { role })}
                options={roles.map((value) => ({
                  value,
                  label: t(`roles.${value}.label`),
                  description: t(`roles.${value}.text`),
                }))}
              />
            )}
          </Field>
          {problemOf("role")}
        </div>
        <div>
          <TextSetting
            label={edit("uses")}
            hint={edit("usesHint", { count: link.useCount })}
            value={link.maxUses === null ? "" : String(link.maxUses)}
            placeholder={edit("usesAny")}
            maxLength={10}
            inputMode="numeric"
            aside={savedMark("uses")}
            read={(text) => {
              const most = usesOf(text);
              return most === undefined ? { problem: edit("usesProblem") } : { value: most };
            }}
            onChange={(maxUses) => void change("uses", { maxUses })}
          />
          {problemOf("uses")}
        </div>
        <div className="sm:col-span-2">
          <EndSetting
            link={link}
            aside={savedMark("end")}
            onChange={(expiresAt) => void change("end", { expiresAt })}
          />
          {problemOf("end")}
        </div>
        <div className="sm:col-span-2">
          <PasswordSetting
            hasPassword={link.hasPassword}
            aside={savedMark("password")}
            onChange={(password) => change("password", { password })}
          />
          {problemOf("password")}
        </div>
      </div>
      <div className="flex flex-col gap-3">
        <Tick
          isOn={link.allowDownload}
          label={edit("download")}
          text={edit("downloadHint")}
          aside={savedMark("download")}
          onChange={(allowDownload) => void change("download", { allowDownload })}
        >
          {problemOf("download")}
        </Tick>
        {!link.allowDownload && (
          <Tick
            isOn={link.watermark}
            label={edit("watermark")}
            text={edit("watermarkHint")}
            aside={savedMark("watermark")}
            onChange={(watermark) => void change("watermark", { watermark })}
          >
            {problemOf("watermark")}
          </Tick>
        )}
      </div>
      <p className="border-line text-ink-muted border-t pt-3 text-sm">
        {createdBy
          ? edit("madeBy", { name: createdBy.name, date: date(link.createdAt) })
          : edit("made", { date: date(link.createdAt) })}
        <span aria-hidden> · </span>
        {t("facts.visits", { count: link.useCount })}
        {link.lastAccessedAt && (
          <>
            <span aria-hidden> · </span>
            {edit("lastVisit")} <RelativeTime value={link.lastAccessedAt} />
          </>
        )}
      </p>
    </>
  );
}

/** The most visits that were typed: null for any number, undefined for what is none. */
function usesOf(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const most = /^\d+$/.test(trimmed) ? Number(trimmed) : 0;
  return most >= 1 && most <= 2_147_483_647 ? most : undefined;
}

interface TickProps {
  isOn: boolean;
  label: string;
  text: string;
  aside: ReactNode;
  onChange: (isOn: boolean) => void;
  children: ReactNode;
}

function Tick({ isOn, label, text, aside, onChange, children }: TickProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <Checkbox
        id={id}
        checked={isOn}
        aria-describedby={`${id}-text`}
        onClick={() => onChange(!isOn)}
        className="mt-1"
      />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline justify-between gap-4">
          <label htmlFor={id}>{label}</label>
          {aside}
        </div>
        <p id={`${id}-text`} className="text-ink-muted text-sm text-pretty">
          {text}
        </p>
        {children}
      </div>
    </div>
  );
}
