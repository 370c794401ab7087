"use client";
import { FileUp } from "lucide-react";
import { useTranslations } from "next-intl";
import { NewCollectionButton } from "#components/collections/new-collection-button.tsx";
import { UploadButton } from "#components/uploads/upload-button.tsx";

/** Home before there is anything: invites the first upload. */
export function FirstSteps() {
  const t = useTranslations("home.first");
  return (
    <div className="border-line-strong/60 bg-surface mx-auto mt-4 flex max-w-160 flex-col items-center rounded-lg border-2 border-dashed px-6 py-16 text-center sm:mt-10">
      <span
        aria-hidden
        className="bg-accent-soft text-accent-ink mb-5 grid size-14 place-items-center rounded-full"
      >
        <FileUp className="size-6" />
      </span>
      <h2 className="font-serif text-xl font-medium">{t("title")}</h2>
      <p className="text-ink-muted text-md mt-2 max-w-100 text-pretty">{t("text")}</p>
      <div className="mt-7 flex flex-wrap justify-center gap-2">
        <UploadButton collection={null} variant="primary" hasWords />
        <NewCollectionButton hasWords />
      </div>
      <p className="text-ink-faint mt-6 text-sm">{t("kinds")}</p>
    </div>
  );
}
