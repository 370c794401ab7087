"use client";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";

/** Counts the seconds until something may be tried again, and says when it may. */
export function Countdown({ from }: { from: number }) {
  const t = useTranslations("errors");
  const [left, setLeft] = useState(from);
  useEffect(() => {
    const end = Date.now() + from * 1000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000))), 250);
    return () => clearInterval(timer);
  }, [from]);
  if (left === 0) return <>{t("tryNow")}</>;
  return (
    <>
      {/* read out once, not every second */}
      <span className="sr-only">{t("tryIn", { seconds: from })}</span>
      <span aria-hidden>{t("tryIn", { seconds: left })}</span>
    </>
  );
}
