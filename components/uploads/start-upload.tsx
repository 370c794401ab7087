"use client";
import { useEffect } from "react";
import type { ChosenFile, Destination } from "./upload-item.ts";
import { uploadQueue } from "./upload-queue.ts";

/** Nothing is left to ask: hands the files over and disappears with the proposal. */
export function StartUpload({ files, collection }: { files: ChosenFile[]; collection: Destination }) {
  useEffect(() => {
    // mounted twice in development: only the first still finds its proposal
    if (uploadQueue.getState().proposal?.files === files) uploadQueue.add(files, collection);
  }, [files, collection]);
  return null;
}
