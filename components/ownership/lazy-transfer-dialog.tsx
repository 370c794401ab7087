"use client";
import { lazyLayer } from "#components/lazy-part.tsx";

/** `TransferDialog`, loaded with its first opening. */
export const LazyTransferDialog = lazyLayer(
  () => import("./transfer-dialog.tsx").then((module) => module.TransferDialog),
  "share",
);
