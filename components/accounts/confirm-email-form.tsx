"use client";
import { useTranslations } from "next-intl";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { confirmEmailChange } from "#lib/accounts/api.ts";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { useForm } from "./use-form.tsx";

/** Makes a change of address hold by a press, not by opening the page: scanners of mail open links, too. */
export function ConfirmEmailForm({ token }: { token: string }) {
  const t = useTranslations("auth");
  const form = useForm<never>({
    initial: {},
    check: () => null,
    async onSubmit() {
      await call(confirmEmailChange, { body: { token } });
      // leads on to the settings where somebody is still signed in; a full load, as the address shows elsewhere too
      location.assign("/sign-in?notice=address-changed&next=/settings");
      await new Promise(() => {}); // busy until the page is gone
    },
  });
  return (
    <>
      <AuthHeading title={t("confirmEmail.title")} intro={t("confirmEmail.intro")} />
      <form {...form.formProps} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy}>
          {t("confirmEmail.submit")}
        </Button>
      </form>
      <p className="mt-6">
        <TextLink href="/sign-in">{t("forgot.back")}</TextLink>
      </p>
    </>
  );
}
