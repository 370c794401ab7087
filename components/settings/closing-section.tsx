"use client";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import { useAccountChecks } from "#components/accounts/use-account-checks.ts";
import { useForm } from "#components/accounts/use-form.tsx";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { closeAccount } from "#lib/accounts/api.ts";
import type { ClosingView } from "#lib/accounts/schema.ts";
import { type DialogState, FormDialog } from "./form-dialog.tsx";
import { ProofFields, useProof } from "./proof-fields.tsx";
import { closingQuery, settingsQuery } from "./queries.ts";

/** The way out. */
export function ClosingSection() {
  const t = useTranslations("settings.closing");
  const [isOpen, setOpen] = useState(false);
  return (
    <CardSection title={t("title")} description={t("description")}>
      <Button variant="danger" onClick={() => setOpen(true)}>
        {t("open")}
      </Button>
      {isOpen && <ClosingDialog isOpen onOpenChange={setOpen} />}
    </CardSection>
  );
}

/** Looks first at what would go and what stands in the way. */
function ClosingDialog(dialog: DialogState) {
  const t = useTranslations("settings.closing");
  const query = useQuery({ ...closingQuery(), staleTime: 0, gcTime: 0 });
  if (query.data && !query.data.neededAs && query.data.sharedCollections.length === 0)
    return <ClosingForm {...dialog} closing={query.data} />;
  const isBlocked = Boolean(query.data?.sharedCollections.length) && !query.data?.neededAs;
  return (
    <Dialog {...dialog} title={t(isBlocked ? "blockedTitle" : "dialogTitle")}>
      {query.isPending && (
        <div aria-busy className="flex flex-col gap-2">
          <Skeleton className="h-4 w-72" />
          <Skeleton className="h-4 w-52" />
        </div>
      )}
      {query.isError && (
        <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
      )}
      {query.data && <Obstacles closing={query.data} />}
    </Dialog>
  );
}

function Obstacles({ closing: { neededAs, sharedCollections } }: { closing: ClosingView }) {
  const t = useTranslations("settings.closing");
  if (neededAs) return <p>{t(`neededAs.${neededAs}`)}</p>;
  return (
    <>
      <p>{t("blockedText")}</p>
      <ul className="border-line mt-4 rounded-md border">
        {sharedCollections.map(({ id, name, shares, foreignDocuments }) => (
          <li key={id} className="border-line border-b px-3 py-2.5 last:border-0">
            <Link
              href={`/collections/${id}`}
              className="text-accent-ink rounded-sm font-medium wrap-anywhere underline-offset-4 hover:underline"
            >
              {name}
            </Link>
            <p className="text-ink-muted text-sm">
              {[
                shares > 0 && t("shares", { count: shares }),
                foreignDocuments > 0 && t("foreign", { count: foreignDocuments }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

function ClosingForm({ closing, ...dialog }: DialogState & { closing: ClosingView }) {
  const t = useTranslations("settings.closing");
  const fields = useTranslations("errors.fields");
  const checks = useAccountChecks();
  const proof = useProof();
  const { profile } = useSuspenseQuery(settingsQuery()).data;
  const form = useForm({
    initial: { email: "", ...proof.initial },
    check(field, value) {
      if (field !== "email") return proof.check(field, value);
      const isOther = value.trim().toLowerCase() !== profile.email.toLowerCase();
      return checks.email(value) ?? (isOther ? fields("other_email") : null);
    },
    async onSubmit({ email, ...values }) {
      await call(closeAccount, { body: { email, ...proof.bodyOf(values) } });
      // a full load, so that nothing of them is left in memory
      location.assign("/sign-in?notice=account-closed");
      await new Promise(() => {}); // busy until the page is gone
    },
  });
  const { collections, documents, documentsElsewhere } = closing;
  return (
    <FormDialog {...dialog} title={t("dialogTitle")} submit={t("submit")} isDangerous form={form}>
      <div className="flex flex-col gap-2">
        <p>{t("counts", { collections, documents })}</p>
        {documentsElsewhere > 0 && <p>{t("elsewhere", { count: documentsElsewhere })}</p>}
        <p className="text-ink-muted">{t("ends")}</p>
      </div>
      <Field label={t("typeEmail", { email: profile.email })} error={form.errorOf("email")}>
        {(control) => (
          <Input
            {...control}
            {...form.inputProps("email")}
            type="email"
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </Field>
      <ProofFields form={form} needsCode={proof.needsCode} />
    </FormDialog>
  );
}
