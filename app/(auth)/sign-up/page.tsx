import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { redirect } from "next/navigation";
import { type PageWithQuery } from "#components/accounts/page-with-query.ts";
import { safeNextPath } from "#components/accounts/next-path.ts";
import { SignUpForm } from "#components/accounts/sign-up-form.tsx";
import { getViewer } from "#lib/auth/index.ts";
import { formOutcome } from "#lib/http/action.ts";
import { signUp } from "../actions.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth.signUp");
  return { title: t("title") };
}

export default async function SignUpPage({ searchParams }: PageWithQuery) {
  const path = safeNextPath((await searchParams).next);
  if (await getViewer()) redirect(path);
  return <SignUpForm next={path} action={signUp} outcome={await formOutcome("sign-up")} />;
}
