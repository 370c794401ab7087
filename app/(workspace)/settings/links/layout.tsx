import type { ReactNode } from "react";
import { AreaMessages } from "#components/messages/area-messages.tsx";

export default function LinksLayout({ children }: { children: ReactNode }) {
  return <AreaMessages area="links">{children}</AreaMessages>;
}
