import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { type PageWithQuery } from "#components/accounts/page-with-query.ts";
import { safeNextPath } from "#components/accounts/next-path.ts";
import { SignInForm } from "#components/accounts/sign-in-form.tsx";
import { isSignInNotice } from "#components/accounts/sign-in-notice.ts";
import { getViewer } from "#lib/auth/index.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth.signIn");
  return { title: t("title") };
}

export default async function SignInPage({ searchParams }: PageWithQuery) {
  const { next, notice } = await searchParams;
  const path = safeNextPath(next);
  if (await getViewer()) redirect(path);
  return <SignInForm next={path} notice={isSignInNotice(notice) ? notice : undefined} />;
}
