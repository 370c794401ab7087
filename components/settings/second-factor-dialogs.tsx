"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useForm } from "#components/accounts/use-form.tsx";
import { call } from "#components/call.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { QrCode } from "#components/ui/qr-code.tsx";
import { notify } from "#components/ui/toast.tsx";
import {
  activateSecondFactor,
  removeSecondFactor,
  renewBackupCodes,
  setUpSecondFactor,
} from "#lib/accounts/api.ts";
import type { SecondFactorSetupView } from "#lib/accounts/schema.ts";
import { BackupCodesDialog } from "./backup-codes-dialog.tsx";
import { type DialogState, FormDialog } from "./form-dialog.tsx";
import { ProofFields, useProof } from "./proof-fields.tsx";
import { settingsQuery } from "./queries.ts";

/** Password, then QR code and first code, then the backup codes. Nothing is on before the first code was right. */
export function SetUpDialog(dialog: DialogState) {
  const t = useTranslations("settings.secondFactor");
  const client = useQueryClient();
  const proof = useProof();
  const [setup, setSetup] = useState<SecondFactorSetupView | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const form = useForm({
    initial: proof.initial,
    check: proof.check,
    async onSubmit(values) {
      setSetup(await call(setUpSecondFactor, { body: proof.bodyOf(values) }));
    },
  });
  const close = (isOpen: boolean) => {
    // only now: the section behind changes with it, and this dialog belongs to it
    if (codes) void client.invalidateQueries({ queryKey: settingsQuery().queryKey });
    dialog.onOpenChange(isOpen);
  };
  if (codes) return <BackupCodesDialog codes={codes} isOpen onOpenChange={close} />;
  if (setup) return <ScanDialog {...dialog} setup={setup} onActivated={setCodes} />;
  return (
    <FormDialog
      {...dialog}
      title={t("setUpTitle")}
      description={t("setUpText")}
      submit={t("next")}
      form={form}
    >
      <ProofFields form={form} needsCode={proof.needsCode} isFirst />
    </FormDialog>
  );
}

function ScanDialog({
  setup,
  onActivated,
  ...dialog
}: DialogState & { setup: SecondFactorSetupView; onActivated: (codes: string[]) => void }) {
  const t = useTranslations("settings.secondFactor");
  const form = useForm({
    initial: { code: "" },
    check: (_, value) => (value.trim() === "" ? t("codeNeeded") : null),
    async onSubmit(body) {
      const made = await call(activateSecondFactor, { body });
      onActivated(made.backupCodes);
    },
  });
  return (
    <FormDialog
      {...dialog}
      title={t("scanTitle")}
      description={t("scanText")}
      submit={t("activate")}
      form={form}
    >
      <div className="flex flex-wrap items-center gap-5">
        <QrCode code={setup.qr} label={t("qr")} className="size-45 shrink-0 max-sm:mx-auto" />
        <div className="min-w-0 flex-1 basis-45">
          <p className="text-ink-muted text-sm">{t("manual")}</p>
          <p className="mt-1 font-mono text-sm wrap-anywhere select-all">
            {setup.secret.match(/.{1,4}/g)?.join(" ")}
          </p>
        </div>
      </div>
      <Field label={t("code")} error={form.errorOf("code")}>
        {(control) => (
          <Input
            {...control}
            {...form.inputProps("code")}
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            className="max-w-45 font-mono"
          />
        )}
      </Field>
    </FormDialog>
  );
}

export function RenewCodesDialog(dialog: DialogState) {
  const t = useTranslations("settings.secondFactor");
  const client = useQueryClient();
  const proof = useProof();
  const [codes, setCodes] = useState<string[] | null>(null);
  const form = useForm({
    initial: proof.initial,
    check: proof.check,
    async onSubmit(values) {
      const made = await call(renewBackupCodes, { body: proof.bodyOf(values) });
      setCodes(made.backupCodes);
      void client.invalidateQueries({ queryKey: settingsQuery().queryKey });
    },
  });
  if (codes) return <BackupCodesDialog {...dialog} codes={codes} />;
  return (
    <FormDialog
      {...dialog}
      title={t("renewTitle")}
      description={t("renewText")}
      submit={t("renewSubmit")}
      form={form}
    >
      <ProofFields form={form} needsCode={proof.needsCode} isFirst />
    </FormDialog>
  );
}

export function RemoveSecondFactorDialog(dialog: DialogState) {
  const t = useTranslations("settings.secondFactor");
  const client = useQueryClient();
  const proof = useProof();
  const form = useForm({
    initial: proof.initial,
    check: proof.check,
    async onSubmit(values) {
      await call(removeSecondFactor, { body: proof.bodyOf(values) });
      notify.done(t("removed"));
      dialog.onOpenChange(false);
      void client.invalidateQueries({ queryKey: settingsQuery().queryKey });
    },
  });
  return (
    <FormDialog
      {...dialog}
      title={t("removeTitle")}
      description={t("removeText")}
      submit={t("remove")}
      isDangerous
      form={form}
    >
      <ProofFields form={form} needsCode={proof.needsCode} isFirst />
    </FormDialog>
  );
}
