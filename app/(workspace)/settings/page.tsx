import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { identitiesKey, sessionsKey, settingsQuery, tokensKey } from "#components/settings/queries.ts";
import { SettingsPage } from "#components/settings/settings-page.tsx";
import { getSettings, listIdentities, listSessions, listTokens } from "#lib/accounts/index.ts";
import { requireSession } from "#lib/auth/index.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("title") };
}

export default async function Settings() {
  const { actor, sessionId } = await requireSession();
  const [settings, sessions, tokens, identities] = await Promise.all([
    getSettings(actor),
    listSessions(actor, { sessionId }),
    listTokens(actor),
    listIdentities(actor),
  ]);
  return (
    <Hydrate
      entries={[
        [settingsQuery().queryKey, settings],
        [sessionsKey, firstPage(sessions)],
        [tokensKey, firstPage(tokens)],
        [identitiesKey, firstPage(identities)],
      ]}
    >
      <SettingsPage />
    </Hydrate>
  );
}
