import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { AuthHeading } from "./auth-frame.tsx";

/** Instead of a form, where the address from a mail lacks its secret. */
export function IncompleteLink({ children }: { children: ReactNode }) {
  const t = useTranslations("auth.incompleteLink");
  return (
    <>
      <AuthHeading title={t("title")} intro={t("text")} />
      <p>{children}</p>
    </>
  );
}
