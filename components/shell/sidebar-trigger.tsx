"use client";
import { Menu, PanelLeftOpen } from "lucide-react";
import { useTranslations } from "next-intl";
import { IconButton } from "#components/ui/icon-button.tsx";
import { openButtonId } from "./sidebar-ids.ts";
import { useSidebar } from "./sidebar-state.tsx";

/** Opens the side bar: a drawer on narrow windows; on wide ones shown only while it is collapsed. */
export function SidebarTrigger() {
  const t = useTranslations("shell");
  const { isCollapsed, setCollapsed, isDrawerOpen, setDrawerOpen } = useSidebar();
  return (
    <>
      <IconButton
        label={t("openSidebar")}
        icon={<Menu />}
        hasTooltip={false}
        aria-expanded={isDrawerOpen}
        onClick={() => setDrawerOpen(true)}
        className="md:hidden"
      />
      {isCollapsed && (
        <IconButton
          id={openButtonId}
          label={t("openSidebar")}
          icon={<PanelLeftOpen />}
          onClick={() => setCollapsed(false)}
          className="max-md:hidden"
        />
      )}
    </>
  );
}
