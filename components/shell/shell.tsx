import type { ReactNode } from "react";
import { SearchLayer } from "#components/search/search-layer.tsx";
import { SkipLink } from "#components/ui/skip-link.tsx";
import type { ViewerView } from "#lib/accounts/schema.ts";
import { LanguageCookie } from "./language-cookie.tsx";
import { SidebarProvider } from "./sidebar-state.tsx";
import { Sidebar } from "./sidebar.tsx";

interface ShellProps {
  viewer: Pick<ViewerView, "id" | "name" | "email" | "language" | "workspace" | "isSystemAdmin">;
  isSidebarCollapsed: boolean;
  /** Docked layers that outlive navigation, such as the upload tray. */
  dock?: ReactNode;
  children: ReactNode;
}

/** Side bar, page, and what is docked over them. */
export function Shell({ viewer, isSidebarCollapsed, dock, children }: ShellProps) {
  return (
    <SidebarProvider isInitiallyCollapsed={isSidebarCollapsed}>
      <SearchLayer isMember={viewer.workspace.role !== "guest"}>
        <SkipLink />
        <div className="flex min-h-dvh">
          <Sidebar user={viewer} workspaceName={viewer.workspace.name} />
          <div className="flex min-w-0 flex-1 flex-col">{children}</div>
        </div>
        {dock}
      </SearchLayer>
      <LanguageCookie language={viewer.language} />
    </SidebarProvider>
  );
}
