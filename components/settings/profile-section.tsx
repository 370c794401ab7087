"use client";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Clock } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormMessage } from "#components/accounts/auth-frame.tsx";
import { useAccountChecks } from "#components/accounts/use-account-checks.ts";
import { useForm } from "#components/accounts/use-form.tsx";
import { call } from "#components/call.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { cancelEmailChange, updateSettings } from "#lib/accounts/api.ts";
import { handleSchema } from "#lib/accounts/schema.ts";
import { ChangeEmailDialog } from "./change-email-dialog.tsx";
import { settingsQuery } from "./queries.ts";

/** Name, handle and address. */
export function ProfileSection() {
  const t = useTranslations("settings.profile");
  const fields = useTranslations("errors.fields");
  const checks = useAccountChecks();
  const router = useRouter();
  const client = useQueryClient();
  const { profile, pendingEmail } = useSuspenseQuery(settingsQuery()).data;
  const [isChangingEmail, setChangingEmail] = useState(false);
  const form = useForm({
    initial: { name: profile.name, handle: profile.handle ?? "" },
    check(field, value) {
      if (field === "name") return checks.name(value);
      return value.trim() === "" || handleSchema.safeParse(value).success ? null : fields("handle");
    },
    async onSubmit({ name, handle }) {
      const body = { name: name.trim(), handle: handle.trim().toLowerCase() || null };
      const settings = await call(updateSettings, { body });
      client.setQueryData(settingsQuery().queryKey, settings);
      notify.done(t("saved"));
      // the side bar shows the name as well
      router.refresh();
    },
  });
  const isUnchanged =
    form.values.name.trim() === profile.name &&
    form.values.handle.trim().toLowerCase() === (profile.handle ?? "");
  return (
    <CardSection title={t("title")} description={t("description")}>
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-3">
        <Avatar name={form.values.name || profile.email} id={profile.id} size="lg" />
        <div className="min-w-0 flex-1 basis-50">
          <p className="font-medium wrap-anywhere">{profile.email}</p>
          <p className="text-ink-muted text-sm">{t("emailHint")}</p>
        </div>
        <Button onClick={() => setChangingEmail(true)}>{t("changeEmail")}</Button>
      </div>
      {pendingEmail && <PendingEmail email={pendingEmail} />}
      <form {...form.formProps} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        <Field label={t("name")} error={form.errorOf("name")} className="max-w-100">
          {(control) => <Input {...control} {...form.inputProps("name")} autoComplete="name" />}
        </Field>
        <Field
          label={t("handle")}
          hint={t("handleHint")}
          error={form.errorOf("handle")}
          className="max-w-100"
        >
          {(control) => (
            <Input
              {...control}
              {...form.inputProps("handle")}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
          )}
        </Field>
        <div>
          <Button type="submit" variant="primary" isBusy={form.isBusy} disabled={isUnchanged}>
            {t("save")}
          </Button>
        </div>
      </form>
      {isChangingEmail && <ChangeEmailDialog isOpen onOpenChange={setChangingEmail} />}
    </CardSection>
  );
}

/** Reminds of a link that was not followed yet, and takes it back. */
function PendingEmail({ email }: { email: string }) {
  const t = useTranslations("settings.email");
  const client = useQueryClient();
  const textOf = useErrorText();
  const withdrawal = useMutation({
    mutationFn: () => call(cancelEmailChange),
    onError: (error) => notify.failed(textOf(error)),
    onSettled: () => client.invalidateQueries({ queryKey: settingsQuery().queryKey }),
  });
  return (
    <div className="bg-sunken mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md px-3 py-2">
      <Clock aria-hidden className="text-ink-muted size-4 shrink-0" />
      <p className="min-w-0 flex-1 basis-50 wrap-anywhere">{t("pending", { email })}</p>
      <Button size="sm" isBusy={withdrawal.isPending} onClick={() => withdrawal.mutate()}>
        {t("withdraw")}
      </Button>
    </div>
  );
}
