import { Files } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { LinkNotice } from "#components/link-page/link-notice.tsx";
import { linkPath } from "#components/link-page/addresses.ts";
import { buttonClass } from "#components/ui/button-class.ts";
import { type OpenSharedView } from "#lib/links/schema.ts";

/** For programs that fetch a link to draw a preview of it: what it is, and nothing of what it opens. */
export async function Preview({ token, told }: { token: string; told: OpenSharedView }) {
  const t = await getTranslations("link");
  return (
    <LinkNotice
      icon={<Files />}
      title={told.resource.name}
      text={t("sharedBy", { name: told.ownerName })}
      action={
        // whoever is a person after all gets in by this
        <a href={`${linkPath(token)}?open=1`} className={buttonClass({ variant: "primary" })}>
          {t("preview.open")}
        </a>
      }
    />
  );
}
