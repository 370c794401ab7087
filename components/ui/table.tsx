import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** A table that scrolls sideways inside its own box on small screens. Give it a caption or an `aria-label`. */
export function Table({ className, ...props }: ComponentProps<"table">) {
  return (
    <div className="overflow-x-auto">
      <table {...props} className={cn("w-full border-collapse text-left", className)} />
    </div>
  );
}

/** A column's heading. */
export function HeaderCell({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      {...props}
      className={cn(
        "border-line text-ink-muted h-9 border-b px-3 text-sm font-medium whitespace-nowrap first:pl-0 last:pr-0",
        className,
      )}
    />
  );
}

export function Row({ className, ...props }: ComponentProps<"tr">) {
  return <tr {...props} className={cn("border-line border-b last:border-0", className)} />;
}

export function Cell({ className, ...props }: ComponentProps<"td">) {
  return <td {...props} className={cn("h-11 px-3 py-2 first:pl-0 last:pr-0", className)} />;
}
