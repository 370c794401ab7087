import type { ReactNode } from "react";

/** A sign in a quiet circle, where others have their initials. */
export function IconCircle({ children }: { children: ReactNode }) {
  return (
    <span
      aria-hidden
      className="bg-sunken text-ink-muted grid size-7 shrink-0 place-items-center rounded-full [&_svg]:size-4"
    >
      {children}
    </span>
  );
}
