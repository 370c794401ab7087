import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { KeepSession } from "#components/accounts/keep-session.tsx";
import { collectionListKey } from "#components/collections/queries.ts";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { LiveUpdates } from "#components/live/live-updates.tsx";
import { notificationCountKey } from "#components/notifications/queries.ts";
import { PublicFrame } from "#components/public-view/public-frame.tsx";
import { quotaQuery } from "#components/shell/queries.ts";
import { Shell } from "#components/shell/shell.tsx";
import { sidebarCookie } from "#components/shell/sidebar-ids.ts";
import { LazyUploadTray } from "#components/uploads/lazy-upload-tray.tsx";
import { getActor, getViewer, goToSignIn } from "#lib/auth/index.ts";
import { listCollections } from "#lib/collections/index.ts";
import { countNotifications } from "#lib/notifications/index.ts";
import { getQuota } from "#lib/quota/index.ts";
import { livePosition } from "#lib/realtime/index.ts";
import { Providers } from "../providers.tsx";

export default async function WorkspaceLayout({ children }: { children: ReactNode }) {
  const actor = await getActor();
  // what is open to everyone needs no account; every other page asks for one itself
  if (actor.kind !== "user") {
    return (
      <Providers>
        <AreaMessages area="workspace">
          <PublicFrame>{children}</PublicFrame>
        </AreaMessages>
      </Providers>
    );
  }
  // before anything is read: whatever changes from here on is told
  const since = livePosition();
  const [viewer, collections, quota, unread, cookieStore] = await Promise.all([
    getViewer(),
    listCollections(actor, { scope: "owned" }),
    getQuota(actor),
    countNotifications(actor),
    cookies(),
  ]);
  if (!viewer) return goToSignIn();
  return (
    <Providers>
      <Hydrate
        entries={[
          [collectionListKey("owned"), firstPage(collections)],
          [quotaQuery().queryKey, quota],
          [notificationCountKey, unread],
        ]}
      >
        <AreaMessages area="workspace">
          <Shell
            viewer={viewer}
            isSidebarCollapsed={cookieStore.get(sidebarCookie)?.value === "collapsed"}
            dock={<LazyUploadTray />}
          >
            {children}
          </Shell>
        </AreaMessages>
        <KeepSession />
        <LiveUpdates userId={viewer.id} since={since} />
      </Hydrate>
    </Providers>
  );
}
