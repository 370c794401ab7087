import { ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Fragment, type ReactNode } from "react";

interface Crumb {
  label: ReactNode;
  /** Missing for the page itself, which comes last. */
  href?: string;
}

/** The way to this page. The last crumb keeps its room; on small screens the one before it is an arrow back. */
export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  const t = useTranslations("common");
  const parent = crumbs.at(-2);
  return (
    <nav aria-label={t("breadcrumb")} className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {parent?.href && (
          <li className="shrink-0 sm:hidden">
            <Link
              href={parent.href}
              className="text-ink-muted hover:text-ink grid size-8 place-items-center rounded-sm pointer-coarse:size-10"
            >
              <ChevronLeft aria-hidden className="size-4" />
              <span className="sr-only">{parent.label}</span>
            </Link>
          </li>
        )}
        {crumbs.map((crumb, index) => (
          <Fragment key={crumb.href ?? "current"}>
            {index > 0 && (
              <li aria-hidden className="text-ink-faint max-sm:hidden">
                <ChevronRight className="size-3.5" />
              </li>
            )}
            <li
              className={
                crumb.href
                  ? "max-w-56 min-w-0 shrink-[2] truncate max-sm:hidden"
                  : "min-w-0 truncate font-medium"
              }
            >
              {crumb.href ? (
                <Link
                  href={crumb.href}
                  className="text-ink-muted hover:text-ink rounded-sm px-1 transition-colors"
                >
                  {crumb.label}
                </Link>
              ) : (
                <span aria-current="page" className="px-1">
                  {crumb.label}
                </span>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}
