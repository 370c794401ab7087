"use client";
import { UploadCloud } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { carriesFiles, readDrop } from "./read-drop.ts";
import type { Destination } from "./upload-item.ts";
import { proposeUpload } from "./propose-upload.ts";

interface DropZoneProps {
  /** Where dropped files go; null asks. */
  collection: Destination | null;
  /** What letting go will do: "Add to “Field notes”". */
  label: string;
  isEnabled?: boolean;
}

/** Makes the whole window take files and folders, and says so while they hover over it. */
export function DropZone({ collection, label, isEnabled = true }: DropZoneProps) {
  const [isOver, setOver] = useState(false);
  const depth = useRef(0);
  const onDrop = useEffectEvent(async (transfer: DataTransfer) => {
    const files = await readDrop(transfer);
    proposeUpload(files, collection);
  });
  useEffect(() => {
    if (!isEnabled) return;
    const abort = new AbortController();
    const listen = (type: "dragenter" | "dragleave" | "dragover" | "drop", act: (event: DragEvent) => void) =>
      window.addEventListener(
        type,
        (event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          act(event);
        },
        { signal: abort.signal },
      );
    // enter and leave come for every element passed; only their balance tells whether the pointer is still inside
    listen("dragenter", () => {
      depth.current += 1;
      setOver(true);
    });
    listen("dragleave", () => {
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setOver(false);
    });
    listen("dragover", (event) => {
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    });
    listen("drop", (event) => {
      depth.current = 0;
      setOver(false);
      if (event.dataTransfer) void onDrop(event.dataTransfer);
    });
    return () => abort.abort();
  }, [isEnabled]);
  if (!isOver) return null;
  return (
    <div className="animate-fade-in pointer-events-none fixed inset-0 z-40 grid place-items-center p-3">
      <div className="border-accent bg-accent-soft/85 absolute inset-3 rounded-lg border-2 border-dashed" />
      <p className="bg-surface text-md shadow-dialog relative flex items-center gap-3 rounded-lg px-5 py-4 font-semibold">
        <UploadCloud aria-hidden className="text-accent size-6" />
        {label}
      </p>
    </div>
  );
}
