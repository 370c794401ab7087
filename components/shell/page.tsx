import type { ReactNode } from "react";
import { Bell } from "#components/notifications/bell.tsx";
import { SearchButton } from "#components/search/search-button.tsx";
import { cn } from "#components/ui/cn.ts";
import { SidebarTrigger } from "./sidebar-trigger.tsx";

interface PageProps {
  /** Usually a `<Breadcrumb>`. */
  breadcrumb: ReactNode;
  /** Buttons at the right end, the primary one last. */
  actions?: ReactNode;
  /** `page` centres content with margins; `full` hands over all room below the top bar (viewers). */
  layout?: "page" | "full";
  children: ReactNode;
}

/** The frame of every page in the workspace: top bar with the way here and what can be done, then the content. */
export function Page({ breadcrumb, actions, layout = "page", children }: PageProps) {
  return (
    <>
      <header className="h-topbar border-line bg-paper sticky top-0 z-30 flex shrink-0 items-center gap-2 border-b px-2.5 sm:px-4">
        <SidebarTrigger />
        <div className="flex min-w-0 flex-1 items-center px-1">{breadcrumb}</div>
        {actions && <div className="flex shrink-0 items-center gap-2">{actions}</div>}
        <SearchButton />
        <Bell />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={cn(
          "outline-none",
          layout === "page"
            ? "mx-auto w-full max-w-6xl flex-1 px-4 pt-6 pb-24 sm:px-8 sm:pt-8"
            : "h-[calc(100dvh-var(--spacing-topbar))] min-h-0 overflow-hidden",
        )}
      >
        {children}
      </main>
    </>
  );
}
