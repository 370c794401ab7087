import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ForgotPasswordForm } from "#components/accounts/forgot-password-form.tsx";
import { formOutcome } from "#lib/http/action.ts";
import { forgotPassword } from "../actions.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth.forgot");
  return { title: t("title") };
}

export default async function ForgotPasswordPage() {
  return <ForgotPasswordForm action={forgotPassword} outcome={await formOutcome("forgot-password")} />;
}
