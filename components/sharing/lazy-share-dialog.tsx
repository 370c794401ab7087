"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { ShareDialogProps } from "./share-dialog.tsx";

const load = () => import("./share-dialog.tsx");
const ShareDialog = dynamic(() => load().then((module) => module.ShareDialog), { ssr: false });

/** Begins to load the dialog, for when it is about to be opened. */
export const preloadShareDialog = (): void => void load();

/** The share dialog, loaded when it is first opened. */
export function LazyShareDialog(props: ShareDialogProps) {
  const [wasOpened, setWasOpened] = useState(props.isOpen);
  if (props.isOpen && !wasOpened) setWasOpened(true);
  return (props.isOpen || wasOpened) && <ShareDialog {...props} />;
}
