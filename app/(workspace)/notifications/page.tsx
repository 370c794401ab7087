import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { NotificationsPage } from "#components/notifications/notifications-page.tsx";
import { notificationListKey } from "#components/notifications/queries.ts";
import { requireActor } from "#lib/auth/index.ts";
import { listNotifications } from "#lib/notifications/index.ts";
import { topics } from "#lib/notifications/values.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notifications"))("title") };
}

export default async function Notifications({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [actor, query] = await Promise.all([requireActor(), searchParams]);
  const filter = {
    unread: query.unread === "true",
    topic: topics.find((topic) => topic === query.topic),
  };
  const found = await listNotifications(actor, filter);
  return (
    <AreaMessages area="notifications">
      <Hydrate entries={[[notificationListKey(filter), firstPage(found)]]}>
        <NotificationsPage initialFilter={filter} />
      </Hydrate>
    </AreaMessages>
  );
}
