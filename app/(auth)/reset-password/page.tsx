import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { TextLink } from "#components/accounts/auth-frame.tsx";
import { IncompleteLink } from "#components/accounts/incomplete-link.tsx";
import { type PageWithQuery } from "#components/accounts/page-with-query.ts";
import { ResetPasswordForm } from "#components/accounts/reset-password-form.tsx";
import { formOutcome } from "#lib/http/action.ts";
import { resetPassword } from "../actions.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth.reset");
  return { title: t("title") };
}

/** The mail's link leads here with its secret in the query. */
export default async function ResetPasswordPage({ searchParams }: PageWithQuery) {
  const { token } = await searchParams;
  if (typeof token === "string" && token !== "") {
    const outcome = await formOutcome("reset-password");
    return <ResetPasswordForm token={token} action={resetPassword} outcome={outcome} />;
  }
  const t = await getTranslations("auth.reset");
  return (
    <IncompleteLink>
      <TextLink href="/forgot-password">{t("requestNew")}</TextLink>
    </IncompleteLink>
  );
}
