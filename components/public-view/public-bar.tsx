"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { withNext } from "#components/accounts/next-path.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import { Mark } from "#components/ui/mark.tsx";

interface PublicBarProps {
  /** The way here, in place of the product's name. */
  breadcrumb?: ReactNode;
  actions?: ReactNode;
}

/** Over a page that is open to everyone: what can be done, and for those who have an account a way in that leads back. */
export function PublicBar({ breadcrumb, actions }: PublicBarProps) {
  const t = useTranslations("public");
  const common = useTranslations("common");
  const path = usePathname();
  return (
    <header className="h-topbar border-line bg-paper sticky top-0 z-30 flex shrink-0 items-center gap-2 border-b px-2.5 sm:px-4">
      <div className="flex min-w-0 flex-1 items-center px-1">
        {breadcrumb ?? (
          <span className="flex items-center gap-2.5 font-semibold">
            <Mark className="size-6 shrink-0" />
            {common("appName")}
          </span>
        )}
      </div>
      <div className="flex shrink-0 items-center gap-2">
        {actions}
        <Link
          href={withNext("/sign-in", path)}
          prefetch={false}
          className={buttonClass({ variant: "ghost" })}
        >
          {t("signIn")}
        </Link>
      </div>
    </header>
  );
}
