import type { ReactNode } from "react";
import { SkipLink } from "#components/ui/skip-link.tsx";

/** Around pages that are open to everyone, for people who are not signed in: nothing but the page. */
export function PublicFrame({ children }: { children: ReactNode }) {
  return (
    <>
      <SkipLink />
      <div className="flex min-h-dvh flex-col">{children}</div>
    </>
  );
}
