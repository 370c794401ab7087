"use client";
import { lazyLayer } from "#components/lazy-part.tsx";

/** The share dialog, for the pages that open it. */
export const LazyShareDialog = lazyLayer(
  () => import("./share-dialog.tsx").then((module) => module.ShareDialog),
  "share",
);
