import type { ReactNode } from "react";
import { AreaMessages } from "#components/messages/area-messages.tsx";

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return <AreaMessages area="settings">{children}</AreaMessages>;
}
