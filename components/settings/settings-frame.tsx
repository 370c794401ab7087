"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Fragment, type ReactNode } from "react";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { settingsQuery } from "./queries.ts";
import { sectionNames } from "./section-names.ts";

const home = "/settings";
const preferencesPage = "/settings/notifications";
const workspacePages = {
  people: "/settings/people",
  groups: "/settings/groups",
  links: "/settings/links",
  audit: "/settings/audit",
} as const;

const linkClass =
  "text-ink-muted hover:bg-hover hover:text-ink aria-[current]:bg-hover aria-[current]:text-ink block rounded-md px-2.5 py-1.5 transition-colors aria-[current]:font-medium";

interface SettingsFrameProps {
  /** The way here below the settings; empty on their first page. */
  crumbs?: readonly { label: ReactNode; href?: string }[];
  actions?: ReactNode;
  children: ReactNode;
}

/**
 * The frame of everything in the settings: beside the content the way to each part, one's own and the workspace's; above
 * it on small windows. Guests see nothing of the workspace, and no way there.
 */
export function SettingsFrame({ crumbs = [], actions, children }: SettingsFrameProps) {
  const t = useTranslations("settings");
  return (
    <Page
      breadcrumb={
        <Breadcrumb crumbs={[{ label: t("title"), ...(crumbs.length > 0 && { href: home }) }, ...crumbs]} />
      }
      actions={actions}
    >
      <div className="flex items-start gap-10 max-lg:flex-col max-lg:items-stretch max-lg:gap-5">
        <SettingsNav />
        <div className="max-w-170 min-w-0 flex-1">{children}</div>
      </div>
    </Page>
  );
}

function SettingsNav() {
  const t = useTranslations("settings");
  const titles = {
    people: useTranslations("people")("title"),
    groups: useTranslations("groups")("title"),
    links: t("links"),
    audit: t("audit"),
  };
  const path = usePathname();
  // where it is not known yet, the page that was opened says whether it may be seen
  const { data } = useQuery({ ...settingsQuery(), enabled: false });
  const role = data?.profile.workspace.role;
  const isGuest = role === "guest";
  const isHere = (href: string) => path === href || path.startsWith(`${href}/`);
  return (
    <nav aria-label={t("sections")} className="top-20 shrink-0 lg:sticky lg:w-48">
      <ul className="flex gap-x-1 gap-y-4 max-lg:flex-wrap lg:flex-col">
        <li className="max-lg:flex max-lg:gap-1">
          <Link
            href={home}
            aria-current={path === home ? "page" : undefined}
            className={`${linkClass} lg:hidden`}
          >
            {t("account")}
          </Link>
          <Link
            href={preferencesPage}
            aria-current={isHere(preferencesPage) ? "page" : undefined}
            className={`${linkClass} lg:hidden`}
          >
            {t("notifications")}
          </Link>
          <p className="text-ink-faint px-2.5 pb-1 text-sm font-medium max-lg:hidden">{t("account")}</p>
          <ul className="flex flex-col gap-px max-lg:hidden">
            {sectionNames.map((name) => (
              <Fragment key={name}>
                <li>
                  {/* on the page itself a jump, elsewhere the way there */}
                  <Link href={path === home ? `#${name}` : `${home}#${name}`} className={linkClass}>
                    {t(`${name}.title`)}
                  </Link>
                </li>
                {name === "usage" && (
                  <li>
                    <Link
                      href={preferencesPage}
                      aria-current={isHere(preferencesPage) ? "page" : undefined}
                      className={linkClass}
                    >
                      {t("notifications")}
                    </Link>
                  </li>
                )}
              </Fragment>
            ))}
          </ul>
        </li>
        {!isGuest && (
          <li>
            <p className="text-ink-faint px-2.5 pb-1 text-sm font-medium max-lg:sr-only">{t("workspace")}</p>
            <ul className="flex gap-1 lg:flex-col lg:gap-px">
              {(
                ["people", "groups", ...(role === "admin" ? (["links", "audit"] as const) : [])] as const
              ).map((name) => (
                <li key={name}>
                  <Link
                    href={workspacePages[name]}
                    aria-current={isHere(workspacePages[name]) ? "page" : undefined}
                    className={linkClass}
                  >
                    {titles[name]}
                  </Link>
                </li>
              ))}
            </ul>
          </li>
        )}
      </ul>
    </nav>
  );
}
