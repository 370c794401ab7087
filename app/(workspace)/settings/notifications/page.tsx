import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { PreferencesPage } from "#components/notifications/preferences-page.tsx";
import { notificationPreferencesKey } from "#components/notifications/queries.ts";
import { settingsQuery } from "#components/settings/queries.ts";
import { getSettings } from "#lib/accounts/index.ts";
import { requireActor } from "#lib/auth/index.ts";
import { getNotificationPreferences } from "#lib/notifications/index.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notifications"))("title") };
}

export default async function NotificationPreferences() {
  const actor = await requireActor();
  const [preferences, settings] = await Promise.all([getNotificationPreferences(actor), getSettings(actor)]);
  return (
    <AreaMessages area="notifications">
      <Hydrate
        entries={[
          [notificationPreferencesKey, preferences],
          [settingsQuery().queryKey, settings],
        ]}
      >
        <PreferencesPage />
      </Hydrate>
    </AreaMessages>
  );
}
