import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { type PageWithQuery } from "#components/accounts/page-with-query.ts";
import { safeNextPath } from "#components/accounts/next-path.ts";
import { SignInForm } from "#components/accounts/sign-in-form.tsx";
import { isSignInNotice } from "#components/accounts/sign-in-notice.ts";
import { oidcName } from "#lib/accounts/index.ts";
import { getViewer } from "#lib/auth/index.ts";
import { formOutcome } from "#lib/http/action.ts";
import { sendLink, signIn } from "../actions.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth.signIn");
  return { title: t("title") };
}

export default async function SignInPage({ searchParams }: PageWithQuery) {
  const { next, notice, error } = await searchParams;
  const path = safeNextPath(next);
  if (await getViewer()) redirect(path);
  return (
    <SignInForm
      next={path}
      notice={isSignInNotice(notice) ? notice : undefined}
      error={typeof error === "string" ? error : undefined}
      provider={oidcName()}
      password={{ action: signIn, outcome: await formOutcome("sign-in") }}
      link={{ action: sendLink, outcome: await formOutcome("magic-link") }}
    />
  );
}
