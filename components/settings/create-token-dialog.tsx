"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useRef, useState } from "react";
import { FormMessage } from "#components/accounts/auth-frame.tsx";
import { useForm } from "#components/accounts/use-form.tsx";
import { call } from "#components/call.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { createToken } from "#lib/accounts/api.ts";
import {
  type CreatedTokenView,
  createTokenSchema,
  type TokenScope,
  tokenScopes,
} from "#lib/accounts/schema.ts";
import { tokensKey } from "./queries.ts";

const lifetimes = ["7", "30", "90", "365"] as const;
type Lifetime = (typeof lifetimes)[number];
const nameSchema = createTokenSchema.shape.name;

interface CreateTokenDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** Asks what the token is for, then shows it, once. */
export function CreateTokenDialog({ isOpen, onOpenChange }: CreateTokenDialogProps) {
  const [made, setMade] = useState<CreatedTokenView | null>(null);
  const change = (next: boolean) => {
    if (!next) setMade(null);
    onOpenChange(next);
  };
  return made ? (
    <ShownToken made={made} isOpen={isOpen} onOpenChange={change} />
  ) : (
    <TokenForm isOpen={isOpen} onOpenChange={change} onMade={setMade} />
  );
}

function TokenForm({
  onMade,
  ...dialog
}: CreateTokenDialogProps & { onMade: (made: CreatedTokenView) => void }) {
  const t = useTranslations("settings.tokens");
  const common = useTranslations("common");
  const client = useQueryClient();
  const formId = useId();
  const [scope, setScope] = useState<TokenScope>("read");
  const [days, setDays] = useState<Lifetime>("90");
  const form = useForm({
    initial: { name: "" },
    check(_, value) {
      if (value.trim() === "") return t("nameNeeded");
      return nameSchema.safeParse(value).success ? null : t("nameLong", { max: 80 });
    },
    async onSubmit({ name }) {
      const body = { name: name.trim(), scope, expiresInDays: Number(days) };
      onMade(await call(createToken, { body }));
      void client.invalidateQueries({ queryKey: tokensKey });
    },
  });
  return (
    <Dialog
      {...dialog}
      title={t("createTitle")}
      footer={
        <>
          <Button onClick={() => dialog.onOpenChange(false)}>{common("cancel")}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={form.isBusy}>
            {common("create")}
          </Button>
        </>
      }
    >
      <form {...form.formProps} id={formId} className="flex flex-col gap-4">
        {form.failure && <FormMessage tone="danger">{form.failure}</FormMessage>}
        <Field label={t("name")} hint={t("nameHint")} error={form.errorOf("name")}>
          {(control) => <Input {...control} {...form.inputProps("name")} autoComplete="off" autoFocus />}
        </Field>
        <Field label={t("scope")} hint={t(`scopeTexts.${scope}`)}>
          {(control) => (
            <Select
              {...control}
              value={scope}
              onValueChange={setScope}
              options={tokenScopes.map((value) => ({ value, label: t(`scopes.${value}`) }))}
              className="w-full"
            />
          )}
        </Field>
        <Field label={t("expires")}>
          {(control) => (
            <Select
              {...control}
              value={days}
              onValueChange={setDays}
              options={lifetimes.map((value) => ({ value, label: t("days", { days: Number(value) }) }))}
              className="w-full"
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

function ShownToken({ made, ...dialog }: CreateTokenDialogProps & { made: CreatedTokenView }) {
  const t = useTranslations("settings.tokens");
  const common = useTranslations("common");
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<"yes" | "failed" | null>(null);

  async function copy() {
    try {
      await navigator.clipboard.writeText(made.token);
      setCopied("yes");
    } catch {
      // no clipboard on plain http, or not allowed
      field.current?.select();
      setCopied("failed");
    }
  }

  return (
    <Dialog
      {...dialog}
      title={t("createdTitle")}
      description={t("createdText")}
      footer={
        <Button variant="primary" onClick={() => dialog.onOpenChange(false)}>
          {common("done")}
        </Button>
      }
    >
      <Field label={t("token")} isLabelHidden error={copied === "failed" ? t("copyFailed") : undefined}>
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              aria-invalid={undefined}
              ref={field}
              value={made.token}
              readOnly
              spellCheck={false}
              onFocus={(event) => event.target.select()}
              className="font-mono text-sm"
            />
            <Button onClick={() => void copy()}>
              {copied === "yes" ? <Check aria-hidden /> : <Copy aria-hidden />}
              <span aria-live="polite">{copied === "yes" ? t("copied") : t("copy")}</span>
            </Button>
          </div>
        )}
      </Field>
    </Dialog>
  );
}
