"use client";
import { useSyncExternalStore } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import { uploadsInUse } from "./propose-upload.ts";

const UploadTray = lazyPart(() => import("./upload-tray.tsx").then((module) => module.UploadTray));

/** The tray of uploads, from the first file on. */
export function LazyUploadTray() {
  const isInUse = useSyncExternalStore(uploadsInUse.subscribe, uploadsInUse.get, () => false);
  return isInUse && <UploadTray />;
}
