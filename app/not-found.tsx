import { getTranslations } from "next-intl/server";
import { buttonClass } from "#components/ui/button-class.ts";
import { MessagePage } from "#components/ui/message-page.tsx";

export default async function NotFound() {
  const t = await getTranslations("errors");
  return (
    <MessagePage
      title={t("notFoundTitle")}
      text={t("notFoundText")}
      actions={
        // every page carries this one: a link of the router would be a script more for each
        <a href="/" className={buttonClass({ variant: "primary" })}>
          {t("toHome")}
        </a>
      }
    />
  );
}
