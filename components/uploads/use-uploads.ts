"use client";
import { useSyncExternalStore } from "react";
import { uploadQueue, type UploadState } from "./upload-queue.ts";

const nothing: UploadState = { items: [], proposal: null };

/** The uploads of this tab, kept current. */
export const useUploads = (): UploadState =>
  useSyncExternalStore(uploadQueue.subscribe, uploadQueue.getState, () => nothing);
