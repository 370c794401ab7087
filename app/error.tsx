"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { MessagePage } from "#components/ui/message-page.tsx";

/** What a page shows when it failed. The cause is in the server's log, never here. */
export default function ErrorPage({ retry }: { retry: () => void }) {
  const t = useTranslations();
  return (
    <MessagePage
      title={t("errors.pageTitle")}
      text={t("errors.pageText")}
      actions={
        <>
          <Link href="/" className={buttonClass()}>
            {t("errors.toHome")}
          </Link>
          <Button variant="primary" onClick={retry}>
            {t("common.retry")}
          </Button>
        </>
      }
    />
  );
}
