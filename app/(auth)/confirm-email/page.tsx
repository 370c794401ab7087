import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { TextLink } from "#components/accounts/auth-frame.tsx";
import { IncompleteLink } from "#components/accounts/incomplete-link.tsx";
import { type PageWithQuery } from "#components/accounts/page-with-query.ts";
import { ConfirmEmailForm } from "#components/accounts/confirm-email-form.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth.confirmEmail");
  return { title: t("title") };
}

/** The mail's link leads here with its secret in the query. */
export default async function ConfirmEmailPage({ searchParams }: PageWithQuery) {
  const { token } = await searchParams;
  if (typeof token === "string" && token !== "") return <ConfirmEmailForm token={token} />;
  const t = await getTranslations("auth.forgot");
  return (
    <IncompleteLink>
      <TextLink href="/sign-in">{t("back")}</TextLink>
    </IncompleteLink>
  );
}
