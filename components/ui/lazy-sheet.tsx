"use client";
import { lazyLayer } from "#components/lazy-part.tsx";

/** A sheet, for pages that begin without one. */
export const LazySheet = lazyLayer(() => import("./sheet.tsx").then((module) => module.Sheet));
