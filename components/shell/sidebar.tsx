"use client";
import { House, PanelLeftClose, Trash2, Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { SearchLine } from "#components/search/search-line.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Mark } from "#components/ui/mark.tsx";
import { LazySheet } from "#components/ui/lazy-sheet.tsx";
import { CollectionNav } from "./collection-nav.tsx";
import { NavLink } from "./nav-link.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { QuotaBar } from "./quota-bar.tsx";
import { closeButtonId } from "./sidebar-ids.ts";
import { useSidebar } from "./sidebar-state.tsx";

interface SidebarProps {
  user: { id: string; name: string; email: string; isSystemAdmin: boolean };
  /** Empty for guests, who are not told it. */
  workspaceName: string;
}

/** Beside the page on wide windows, a drawer under 768 px. */
export function Sidebar(props: SidebarProps) {
  const t = useTranslations("shell");
  const { isCollapsed, isDrawerOpen, setDrawerOpen } = useSidebar();
  return (
    <>
      {!isCollapsed && (
        <aside
          aria-label={t("sidebar")}
          className="w-sidebar border-line bg-sunken sticky top-0 h-dvh shrink-0 border-r max-md:hidden"
        >
          <SidebarContent {...props} />
        </aside>
      )}
      <LazySheet
        isOpen={isDrawerOpen}
        onOpenChange={setDrawerOpen}
        title={t("sidebar")}
        isTitleHidden
        side="left"
      >
        <SidebarContent {...props} />
      </LazySheet>
    </>
  );
}

function SidebarContent({ user, workspaceName }: SidebarProps) {
  const t = useTranslations("shell");
  const common = useTranslations("common");
  const { isDrawerOpen, setCollapsed, setDrawerOpen } = useSidebar();
  return (
    <div className="flex h-full flex-col">
      <div className="h-topbar flex shrink-0 items-center gap-2.5 pr-2.5 pl-4">
        <Mark className="size-6 shrink-0" />
        <span className="min-w-0 flex-1 truncate font-semibold" title={workspaceName || undefined}>
          {workspaceName || common("appName")}
        </span>
        <IconButton
          id={isDrawerOpen ? undefined : closeButtonId}
          label={t("closeSidebar")}
          icon={<PanelLeftClose />}
          hasTooltip={!isDrawerOpen}
          onClick={() => (isDrawerOpen ? setDrawerOpen(false) : setCollapsed(true))}
        />
      </div>
      <nav
        aria-label={t("mainNavigation")}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto px-2 pt-1 pb-4"
      >
        <ul className="flex flex-col gap-px">
          <li>
            <SearchLine onOpen={() => setDrawerOpen(false)} />
          </li>
          <li>
            <NavLink href="/" icon={<House aria-hidden />} label={t("home")} />
          </li>
          <li>
            <NavLink href="/shared" icon={<Users aria-hidden />} label={t("shared")} />
          </li>
          <li>
            <NavLink href="/trash" icon={<Trash2 aria-hidden />} label={t("trash")} />
          </li>
        </ul>
        <h2 className="text-ink-muted mt-6 mb-1 px-2 text-xs font-medium tracking-normal">
          {t("myCollections")}
        </h2>
        <CollectionNav />
      </nav>
      <div className="border-line flex shrink-0 flex-col gap-1 border-t p-2">
        <QuotaBar />
        <PersonMenu user={user} />
      </div>
    </div>
  );
}
