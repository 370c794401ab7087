import type { ReactNode } from "react";
import { SkipLink } from "#components/ui/skip-link.tsx";
import type { Locale } from "#lib/i18n/locales.ts";
import { LanguageCookie } from "./language-cookie.tsx";
import { SidebarProvider } from "./sidebar-state.tsx";
import { Sidebar } from "./sidebar.tsx";

export interface ShellViewer {
  user: { id: string; name: string; email: string; language: Locale };
  workspace: { id: string; name: string };
}

interface ShellProps {
  viewer: ShellViewer;
  isSidebarCollapsed: boolean;
  /** Docked layers that outlive navigation, such as the upload tray. */
  dock?: ReactNode;
  children: ReactNode;
}

/** Side bar, page, and what is docked over them. */
export function Shell({ viewer, isSidebarCollapsed, dock, children }: ShellProps) {
  return (
    <SidebarProvider isInitiallyCollapsed={isSidebarCollapsed}>
      <SkipLink />
      <div className="flex min-h-dvh">
        <Sidebar user={viewer.user} workspace={viewer.workspace} />
        <div className="flex min-w-0 flex-1 flex-col">{children}</div>
      </div>
      {dock}
      <LanguageCookie language={viewer.user.language} />
    </SidebarProvider>
  );
}
