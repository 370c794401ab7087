import type { ReactNode } from "react";
import { Skeleton } from "#components/ui/skeleton.tsx";

interface RowProps {
  icon: ReactNode;
  title: ReactNode;
  badge?: ReactNode;
  facts?: ReactNode;
  /** At the end of the line. */
  action?: ReactNode;
}

/** One line of a list in a card: a person, a group, something it reaches. What is in it can go by the line's own width. */
export function Row({ icon, title, badge, facts, action }: RowProps) {
  return (
    <div className="@container">
      <div className="flex min-h-14 items-center gap-3 py-2">
        {icon}
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2">
            <span className="min-w-0 font-medium wrap-anywhere">{title}</span>
            {badge}
          </p>
          {facts && <p className="text-ink-muted text-sm wrap-anywhere">{facts}</p>}
        </div>
        {action}
      </div>
    </div>
  );
}

/** The picture of what is not a person. */
export function RowIcon({ children }: { children: ReactNode }) {
  return (
    <span
      aria-hidden
      className="bg-sunken text-ink-muted grid size-8 shrink-0 place-items-center rounded-md [&_svg]:size-4"
    >
      {children}
    </span>
  );
}

/** Lines to come. */
export function RowsSkeleton({ count = 3 }: { count?: number }) {
  return (
    <div aria-busy className="divide-line divide-y">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex h-14 items-center gap-3">
          <Skeleton className="size-8 rounded-md" />
          <span className="flex flex-col gap-2">
            <Skeleton className={index % 2 === 0 ? "h-3.5 w-40" : "h-3.5 w-28"} />
            <Skeleton className="h-3 w-24" />
          </span>
        </div>
      ))}
    </div>
  );
}
