"use client";
import { useEffect, useRef, useState } from "react";

/**
 * Puts a text that is still on its way on the clipboard. The press that asked for it counts from the start: some browsers
 * forget it while the text is awaited. False where there is no clipboard, or it may not be written.
 */
async function copyText(text: Promise<string>): Promise<boolean> {
  try {
    if (typeof ClipboardItem === "undefined") await navigator.clipboard.writeText(await text);
    else {
      const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    }
    return true;
  } catch {
    return false;
  }
}

/** Copies addresses, and knows for a moment which was copied last, or which could not be. */
export function useCopy() {
  const [copied, setCopied] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => void (timer.current && clearTimeout(timer.current)), []);
  /** Answers whether the text of what has this id could be copied. A text that never comes is the caller's to tell of. */
  async function copy(of: Promise<{ id: string; text: string }>): Promise<boolean> {
    setFailed(null);
    const isDone = await copyText(of.then(({ text }) => text));
    const arrived = await of.catch(() => null);
    if (!arrived) return false;
    if (!isDone) {
      setFailed(arrived.id);
      return false;
    }
    setCopied(arrived.id);
    if (timer.current) clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(null), 2000);
    return true;
  }
  return { copied, failed, copy };
}
