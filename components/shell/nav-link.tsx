"use client";
import Link, { useLinkStatus } from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Spinner } from "#components/ui/spinner.tsx";
import { useSidebar } from "./sidebar-state.tsx";

interface NavLinkProps {
  href: string;
  icon: ReactNode;
  label: string;
  /** A figure at the end of the line, with what it counts for screen readers. */
  count?: { value: number; label: string };
  /** For a second link to a page that has a line of its own. */
  isNeverCurrent?: boolean;
}

/** One line of the side bar. */
export function NavLink({ href, icon, label, count, isNeverCurrent = false }: NavLinkProps) {
  const path = usePathname();
  const isCurrent = !isNeverCurrent && path === href;
  const { setDrawerOpen } = useSidebar();
  // fetched ahead on intent, not on sight: a long side bar would ask for dozens of pages
  const [isWanted, setWanted] = useState(false);
  return (
    <Link
      href={href}
      prefetch={isWanted ? null : false}
      onPointerEnter={() => setWanted(true)}
      onFocus={() => setWanted(true)}
      aria-current={isCurrent ? "page" : undefined}
      onClick={() => setDrawerOpen(false)}
      className="text-ink-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:text-ink flex h-8 items-center gap-2.5 rounded-md px-2 transition-colors aria-[current=page]:font-medium pointer-coarse:h-10 [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{label}</span>
      <LineEnd count={count} />
    </Link>
  );
}

/** The figure, or a spinner where the page takes long to come. */
function LineEnd({ count }: Pick<NavLinkProps, "count">) {
  const { pending } = useLinkStatus();
  if (pending) return <Spinner className="text-ink-faint" />;
  if (!count) return null;
  return (
    <span className="text-ink-faint text-xs font-normal tabular-nums">
      <span aria-hidden>{count.value}</span>
      <span className="sr-only">{count.label}</span>
    </span>
  );
}
