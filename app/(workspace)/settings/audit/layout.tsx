import type { ReactNode } from "react";
import { AreaMessages } from "#components/messages/area-messages.tsx";

export default function AuditLayout({ children }: { children: ReactNode }) {
  return <AreaMessages area="audit">{children}</AreaMessages>;
}
