"use client";
import { useLocale, useTranslations } from "next-intl";
import { useId, useState } from "react";
import { FormMessage } from "#components/accounts/auth-frame.tsx";
import { useForm } from "#components/accounts/use-form.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Sheet } from "#components/ui/sheet.tsx";
import { notify } from "#components/ui/toast.tsx";
import { formatBytes } from "#lib/i18n/format.ts";
import type { QuotaPersonView, QuotaSummaryView, SetQuotaInput } from "#lib/quota/schema.ts";
import { useSetQuota } from "./queries.ts";
import { tierName } from "./tier-name.ts";

const GB = 1024 ** 3;
const MAX_REASON = 500;
const limits = [
  ["storageBytes", "storage"],
  ["documents", "documents"],
  ["collections", "collections"],
  ["pdfJobsPerDay", "pdfJobs"],
  ["collaboratorsPerCollection", "collaborators"],
] as const;
type Limit = (typeof limits)[number][0];

interface QuotaSheetProps {
  person: QuotaPersonView;
  tiers: QuotaSummaryView["tiers"];
  onClose: () => void;
}

/** Changes a person's tier and limits, with the reason. */
export function QuotaSheet({ person, tiers, onClose }: QuotaSheetProps) {
  const t = useTranslations("admin.quotas.sheet");
  const common = useTranslations("common");
  const locale = useLocale();
  const formId = useId();
  const [tier, setTier] = useState(person.tier);
  const { mutateAsync: change } = useSetQuota();
  const { overrides } = person;
  const chosenTier = tiers.find(({ name }) => name === tier);
  const count = (value: number) => new Intl.NumberFormat(locale).format(value);
  const shown = (limit: Limit, value: number) =>
    limit === "storageBytes" ? formatBytes(value, locale) : count(value);
  const typed = (limit: Limit) => {
    const own = overrides[limit];
    return own === null ? "" : String(limit === "storageBytes" ? own / GB : own);
  };
  /** The limit that a field asks for: null for the tier's, undefined for what is none. */
  function limitIn(limit: Limit, value: string): number | null | undefined {
    const text = value.trim().replace(",", ".");
    if (text === "") return null;
    const pattern = limit === "storageBytes" ? /^\d{1,7}(\.\d{1,6})?$/ : /^\d{1,9}$/;
    if (!pattern.test(text)) return undefined;
    return limit === "storageBytes" ? Math.round(Number(text) * GB) : Number(text);
  }
  const usedOf = (limit: Limit) => (limit === "collaboratorsPerCollection" ? null : person[limit].used);

  const form = useForm({
    initial: {
      ...{
        storageBytes: typed("storageBytes"),
        documents: typed("documents"),
        collections: typed("collections"),
      },
      pdfJobsPerDay: typed("pdfJobsPerDay"),
      collaboratorsPerCollection: typed("collaboratorsPerCollection"),
      ends: overrides.endsAt?.slice(0, 10) ?? "",
      reason: "",
    },
    check(field, value) {
      if (field === "reason") {
        if (value.trim() === "") return t("reasonNeeded");
        return value.trim().length > MAX_REASON ? t("reasonLong", { max: MAX_REASON }) : null;
      }
      if (field === "ends") return value !== "" && endOf(value) <= new Date() ? t("past") : null;
      if (limitIn(field, value) !== undefined) return null;
      return t(field === "storageBytes" ? "storageNumber" : "number");
    },
    async onSubmit({ reason, ends, ...values }) {
      const own: NonNullable<SetQuotaInput["overrides"]> = {};
      for (const [limit] of limits) own[limit] = limitIn(limit, values[limit]) ?? null;
      await change({
        ...{ id: person.id, reason: reason.trim(), overrides: own },
        ...(tier !== person.tier && { tier }),
        endsAt: ends === "" ? null : endOf(ends).toISOString(),
      });
      notify.done(t("saved", { name: person.name }));
      onClose();
    },
  });
  const isLess = limits.some(([limit]) => {
    const used = usedOf(limit);
    const most = limitIn(limit, form.values[limit]) ?? chosenTier?.[limit];
    return limit !== "pdfJobsPerDay" && used !== null && most !== undefined && used > most;
  });
  return (
    <Sheet isOpen onOpenChange={(isOpen) => !isOpen && onClose()} title={t("title", { name: person.name })}>
      <form {...form.formProps} id={formId} className="flex min-h-full flex-col">
        <div className="flex flex-1 flex-col gap-4 p-5">
          {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
          <Field label={t("tier")}>
            {(control) => (
              <Select
                {...control}
                value={tier}
                onValueChange={setTier}
                options={tiers.map(({ name }) => ({ value: name, label: tierName(name) }))}
              />
            )}
          </Field>
          <fieldset className="flex flex-col gap-4">
            <legend className="font-semibold">{t("own")}</legend>
            <p className="text-ink-muted -mt-3 text-sm">{t("ownText")}</p>
            {limits.map(([limit, label]) => {
              const used = usedOf(limit);
              const hint = [
                ...(chosenTier ? [t("ofTier", { limit: shown(limit, chosenTier[limit]) })] : []),
                ...(used === null ? [] : [t("uses", { used: shown(limit, used) })]),
              ].join(" · ");
              return (
                <Field key={limit} label={t(label)} hint={hint} error={form.errorOf(limit)}>
                  {(control) => (
                    <Input
                      {...control}
                      {...form.inputProps(limit)}
                      inputMode={limit === "storageBytes" ? "decimal" : "numeric"}
                      autoComplete="off"
                    />
                  )}
                </Field>
              );
            })}
            <Field label={t("end")} hint={t("endHint")} error={form.errorOf("ends")}>
              {(control) => <Input {...control} {...form.inputProps("ends")} type="date" />}
            </Field>
          </fieldset>
          <Field label={t("reason")} hint={t("reasonHint")} error={form.errorOf("reason")}>
            {(control) => <Input {...control} {...form.inputProps("reason")} autoComplete="off" />}
          </Field>
          <p role="status" className="text-warning-ink text-sm empty:hidden">
            {isLess && t("less", { name: person.name })}
          </p>
        </div>
        <footer className="border-line bg-surface sticky bottom-0 flex justify-end gap-2 border-t p-4">
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" variant="primary" isBusy={form.isBusy}>
            {t("save")}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

/** The end of a day as the reader counts days. */
const endOf = (day: string) => new Date(`${day}T23:59:59`);
