"use client";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { FormMessage } from "#components/accounts/auth-frame.tsx";
import { useAccountChecks } from "#components/accounts/use-account-checks.ts";
import { useForm } from "#components/accounts/use-form.ts";
import { api } from "#components/api.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/toast.tsx";
import type { SettingsView } from "#lib/accounts/schema.ts";
import { settingsQuery } from "./queries.ts";

/** Name and address. */
export function ProfileSection() {
  const t = useTranslations("settings.profile");
  const checks = useAccountChecks();
  const router = useRouter();
  const client = useQueryClient();
  const { profile } = useSuspenseQuery(settingsQuery()).data;
  const form = useForm({
    initial: { name: profile.name },
    check: (_, value) => checks.name(value),
    async onSubmit({ name }) {
      const settings = await api<SettingsView>("/api/v1/settings", {
        method: "PATCH",
        body: { name: name.trim() },
      });
      client.setQueryData(settingsQuery().queryKey, settings);
      notify.done(t("saved"));
      // the side bar shows the name as well
      router.refresh();
    },
  });
  return (
    <CardSection title={t("title")} description={t("description")}>
      <form {...form.formProps} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        <div className="flex items-center gap-4">
          <Avatar name={form.values.name || profile.email} id={profile.id} size="lg" />
          <div className="min-w-0">
            <p className="truncate font-medium">{profile.email}</p>
            <p className="text-ink-muted text-sm">{t("emailHint")}</p>
          </div>
        </div>
        <Field label={t("name")} error={form.errorOf("name")} className="max-w-100">
          {(control) => <Input {...control} {...form.inputProps("name")} autoComplete="name" />}
        </Field>
        <div>
          <Button
            type="submit"
            variant="primary"
            isBusy={form.isBusy}
            disabled={form.values.name.trim() === profile.name}
          >
            {t("save")}
          </Button>
        </div>
      </form>
    </CardSection>
  );
}
