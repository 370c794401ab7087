import { useTranslations } from "next-intl";

/** The first stop of the Tab key: jumps over the navigation to `<main id="content">`. */
export function SkipLink() {
  const t = useTranslations("common");
  return (
    <a
      href="#content"
      className="bg-accent text-on-accent fixed top-2 left-2 z-50 -translate-y-16 rounded-md px-3 py-2 font-medium transition-transform focus:translate-y-0"
    >
      {t("skipToContent")}
    </a>
  );
}
