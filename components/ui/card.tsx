import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

/** A sheet on the page. */
export function Card({ className, ...props }: ComponentProps<"div">) {
  return <div {...props} className={cn("border-line bg-surface rounded-lg border", className)} />;
}

interface SectionProps {
  title: ReactNode;
  description?: ReactNode;
  /** At the far end of the title's line. */
  action?: ReactNode;
  children: ReactNode;
}

/** A titled part of a page in a card, as settings use it. */
export function CardSection({ title, description, action, children }: SectionProps) {
  return (
    <section className="border-line bg-surface rounded-lg border">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-5 pt-5">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="text-md font-semibold">{title}</h2>
          {description && <p className="text-ink-muted mt-1 max-w-140 text-pretty">{description}</p>}
        </div>
        {action}
      </header>
      <div className="p-5">{children}</div>
    </section>
  );
}
