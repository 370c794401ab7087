"use client";
import { lazyPart } from "#components/lazy-part.tsx";

/** The dialog that asks where documents go, loaded when it is wanted. */
export const MoveDialog = lazyPart(() => import("./move-dialog.tsx").then((module) => module.MoveDialog));
