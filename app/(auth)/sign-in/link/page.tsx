import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AuthHeading, TextLink } from "#components/accounts/auth-frame.tsx";
import { MagicLinkForm } from "#components/accounts/magic-link-form.tsx";
import { safeNextPath, withNext } from "#components/accounts/next-path.ts";
import { type PageWithQuery } from "#components/accounts/page-with-query.ts";
import { findMagicLink } from "#lib/accounts/index.ts";
import { formOutcome } from "#lib/http/action.ts";
import { signInByLink } from "../../actions.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth.magicLink");
  return { title: t("title") };
}

/** The mail's link leads here with its secret in the query. Opening it signs nobody in. */
export default async function MagicLinkPage({ searchParams }: PageWithQuery) {
  const { token, next } = await searchParams;
  const path = safeNextPath(next);
  const link = typeof token === "string" ? await findMagicLink(token) : null;
  if (link) {
    const outcome = await formOutcome("sign-in-link");
    return (
      <MagicLinkForm token={String(token)} {...link} next={path} action={signInByLink} outcome={outcome} />
    );
  }
  const t = await getTranslations("auth.magicLink");
  return (
    <>
      <AuthHeading title={t("deadTitle")} intro={t("deadText")} />
      <p>
        <TextLink href={withNext("/sign-in", path)}>{t("new")}</TextLink>
      </p>
    </>
  );
}
