"use client";
import { useTranslations } from "next-intl";
import { ApiError } from "./api-error.ts";

/** A function that says what went wrong: the API's own sentence, or a general one when it gave none. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations("errors");
  return (error) => {
    if (error instanceof ApiError)
      return error.detail || (error.code === "network" ? t("network") : t("unknown"));
    return t("unknown");
  };
}
