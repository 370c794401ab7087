"use client";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { verifyEmail } from "#lib/accounts/api.ts";
import { AuthHeading, FormMessage, TextLink } from "./auth-frame.tsx";
import { useForm } from "./use-form.tsx";

/** Confirms by a press, not by opening the page: scanners of mail open links, too. */
export function VerifyEmailForm({ token }: { token: string }) {
  const t = useTranslations("auth");
  const router = useRouter();
  const form = useForm<never>({
    initial: {},
    check: () => null,
    async onSubmit() {
      await call(verifyEmail, { body: { token } });
      router.replace("/sign-in?notice=address-confirmed");
    },
  });
  return (
    <>
      <AuthHeading title={t("verify.title")} intro={t("verify.intro")} />
      <form {...form.formProps} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        <Button type="submit" variant="primary" size="lg" isBusy={form.isBusy}>
          {t("verify.submit")}
        </Button>
      </form>
      <p className="mt-6">
        <TextLink href="/sign-in">{t("forgot.back")}</TextLink>
      </p>
    </>
  );
}
