import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { TextLink } from "#components/accounts/auth-frame.tsx";
import { IncompleteLink } from "#components/accounts/incomplete-link.tsx";
import { type PageWithQuery } from "#components/accounts/page-with-query.ts";
import { UnsubscribeForm } from "#components/accounts/unsubscribe-form.tsx";
import { formOutcome } from "#lib/http/action.ts";
import { describeUnsubscription } from "#lib/notifications/index.ts";
import type { UnsubscribeView } from "#lib/notifications/schema.ts";
import { labelKeyOf } from "#lib/notifications/values.ts";
import { unsubscribe } from "../actions.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth.unsubscribe");
  return { title: t("title") };
}

const describe = (token: unknown): UnsubscribeView | null => {
  try {
    return typeof token === "string" ? describeUnsubscription(token) : null;
  } catch {
    return null;
  }
};

/** Where the links at the foot of mails lead. */
export default async function UnsubscribePage({ searchParams }: PageWithQuery) {
  const [{ token }, t, kinds, outcome] = await Promise.all([
    searchParams,
    getTranslations("auth.unsubscribe"),
    getTranslations("notifications"),
    formOutcome("unsubscribe"),
  ]);
  const found = describe(token);
  if (typeof token !== "string" || !found)
    return (
      <IncompleteLink>
        <TextLink href="/settings/notifications">{t("settings")}</TextLink>
      </IncompleteLink>
    );
  const { scope } = found;
  const named = found.kinds.map((kind) => kinds(labelKeyOf(kind)));
  return <UnsubscribeForm token={token} scope={scope} kinds={named} outcome={outcome} action={unsubscribe} />;
}
