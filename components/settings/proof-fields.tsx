"use client";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ComponentProps } from "react";
import { useAccountChecks } from "#components/accounts/use-account-checks.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { settingsQuery } from "./queries.ts";

type Proof = "password" | "code";

/** What a form needs to ask for the password once more, and for a code where a second factor is on. */
export function useProof() {
  const t = useTranslations("settings.secondFactor");
  const checks = useAccountChecks();
  const { isActive } = useSuspenseQuery(settingsQuery()).data.secondFactor;
  return {
    needsCode: isActive,
    initial: { password: "", code: "" },
    check(field: Proof, value: string): string | null {
      if (field === "password") return checks.password(value);
      return isActive && value.trim() === "" ? t("codeNeeded") : null;
    },
    bodyOf: ({ password, code }: Record<Proof, string>) => ({ password, ...(isActive && { code }) }),
  };
}

interface ProofFieldsProps {
  /** Of `useForm`, with these two fields among its own. */
  form: {
    errorOf: (field: Proof) => string | undefined;
    inputProps: (field: Proof) => Omit<ComponentProps<"input">, "size" | "type">;
  };
  needsCode: boolean;
  isFirst?: boolean;
}

export function ProofFields({ form, needsCode, isFirst }: ProofFieldsProps) {
  const t = useTranslations("settings.proof");
  return (
    <>
      <Field label={t("password")} error={form.errorOf("password")}>
        {(control) => (
          <PasswordInput
            {...control}
            {...form.inputProps("password")}
            autoComplete="current-password"
            autoFocus={isFirst}
          />
        )}
      </Field>
      {needsCode && (
        <Field label={t("code")} hint={t("codeHint")} error={form.errorOf("code")}>
          {(control) => (
            <Input
              {...control}
              {...form.inputProps("code")}
              autoComplete="one-time-code"
              spellCheck={false}
              autoCapitalize="none"
              className="font-mono"
            />
          )}
        </Field>
      )}
    </>
  );
}
