"use client";
import { useTranslations } from "next-intl";
import { passwordSchema, registerSchema } from "#lib/accounts/schema.ts";

const minPassword = passwordSchema.minLength ?? 0;
const maxPassword = passwordSchema.maxLength ?? 0;
const { name: nameSchema, email: emailSchema } = registerSchema.shape;

/** What can be said about an account's fields before asking the server, in the reader's language. */
export function useAccountChecks() {
  const t = useTranslations("auth");
  return {
    passwordHint: t("passwordHint", { min: minPassword }),
    email(value: string): string | null {
      if (value.trim() === "") return t("required.email");
      return emailSchema.safeParse(value).success ? null : t("invalid.email");
    },
    name(value: string): string | null {
      if (value.trim() === "") return t("required.name");
      return nameSchema.safeParse(value).success ? null : t("invalid.nameLong", { max: 100 });
    },
    /** Of an existing password only that there is one. */
    password: (value: string): string | null => (value === "" ? t("required.password") : null),
    newPassword(value: string): string | null {
      if (value === "") return t("required.password");
      if (value.length < minPassword) return t("invalid.passwordShort", { min: minPassword });
      return value.length > maxPassword ? t("invalid.passwordLong", { max: maxPassword }) : null;
    },
  };
}
