"use client";
import { useTranslations } from "next-intl";
import { Skeleton } from "#components/ui/skeleton.tsx";

/** A page's place while the document is being opened. */
export function ViewerLoading() {
  const t = useTranslations("document.viewer");
  return (
    <div role="status" className="bg-sunken flex h-full justify-center overflow-hidden px-4 pt-14">
      <span className="sr-only">{t("loading")}</span>
      <div className="bg-surface border-line flex aspect-[1/1.414] w-full max-w-180 flex-col gap-3 border p-[10%]">
        <Skeleton className="mb-4 h-6 w-1/2" />
        {["w-full", "w-11/12", "w-full", "w-4/5", "w-full", "w-2/3"].map((width, index) => (
          <Skeleton key={index} className={`h-3 ${width}`} />
        ))}
      </div>
    </div>
  );
}
