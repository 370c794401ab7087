import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { KeepSession } from "#components/accounts/keep-session.tsx";
import { collectionListKey } from "#components/collections/queries.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { quotaQuery } from "#components/shell/queries.ts";
import { Shell } from "#components/shell/shell.tsx";
import { sidebarCookie } from "#components/shell/sidebar-ids.ts";
import { UploadTray } from "#components/uploads/upload-tray.tsx";
import { getViewer, requireActor } from "#lib/auth/index.ts";
import { listCollections } from "#lib/collections/index.ts";
import { getQuota } from "#lib/quota/index.ts";

export default async function WorkspaceLayout({ children }: { children: ReactNode }) {
  const actor = await requireActor();
  const [viewer, collections, quota, cookieStore] = await Promise.all([
    getViewer(),
    listCollections(actor, { scope: "owned" }),
    getQuota(actor),
    cookies(),
  ]);
  if (!viewer) redirect("/sign-in");
  return (
    <Hydrate
      entries={[
        [collectionListKey("owned"), firstPage(collections)],
        [quotaQuery().queryKey, quota],
      ]}
    >
      <Shell
        viewer={viewer}
        isSidebarCollapsed={cookieStore.get(sidebarCookie)?.value === "collapsed"}
        dock={<UploadTray />}
      >
        {children}
      </Shell>
      <KeepSession />
    </Hydrate>
  );
}
