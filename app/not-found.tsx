import { getTranslations } from "next-intl/server";
import Link from "next/link";
import { buttonClass } from "#components/ui/button-class.ts";
import { MessagePage } from "#components/ui/message-page.tsx";

export default async function NotFound() {
  const t = await getTranslations("errors");
  return (
    <MessagePage
      title={t("notFoundTitle")}
      text={t("notFoundText")}
      actions={
        <Link href="/" className={buttonClass({ variant: "primary" })}>
          {t("toHome")}
        </Link>
      }
    />
  );
}
