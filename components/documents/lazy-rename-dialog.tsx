"use client";
import { lazyPart } from "#components/lazy-part.tsx";

/** The dialog that renames a document, loaded when it is wanted. */
export const RenameDialog = lazyPart(() =>
  import("./rename-dialog.tsx").then((module) => module.RenameDialog),
);
