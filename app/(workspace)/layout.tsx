import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Shell } from "#components/shell/shell.tsx";
import { sidebarCookie } from "#components/shell/sidebar-ids.ts";
import { UploadTray } from "#components/uploads/upload-tray.tsx";
import { getViewer } from "#lib/auth/index.ts";

export default async function WorkspaceLayout({ children }: { children: ReactNode }) {
  const [viewer, cookieStore, requestHeaders] = await Promise.all([getViewer(), cookies(), headers()]);
  if (!viewer) {
    const path = requestHeaders.get("x-path") ?? "/";
    redirect(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
  }
  return (
    <Shell
      viewer={viewer}
      isSidebarCollapsed={cookieStore.get(sidebarCookie)?.value === "collapsed"}
      dock={<UploadTray />}
    >
      {children}
    </Shell>
  );
}
