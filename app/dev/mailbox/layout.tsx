import type { ReactNode } from "react";
import { Providers } from "../../providers.tsx";

export default function MailboxLayout({ children }: { children: ReactNode }) {
  return <Providers>{children}</Providers>;
}
