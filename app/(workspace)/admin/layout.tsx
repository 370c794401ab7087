import type { ReactNode } from "react";
import { AreaMessages } from "#components/messages/area-messages.tsx";

export default function AdminLayout({ children }: { children: ReactNode }) {
  return <AreaMessages area="admin">{children}</AreaMessages>;
}
