"use client";
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import type { SharedViewerProps } from "./shared-viewer.tsx";

interface ViewerSlotProps extends SharedViewerProps {
  failed: string;
  retry: string;
  /** What the server has drawn: seen until the viewer is there. */
  children: ReactNode;
}

/** Where a viewer stands as soon as it has been loaded, which begins when the page is there. */
export function ViewerSlot({ failed, retry, children, ...props }: ViewerSlotProps) {
  const [Viewer, setViewer] = useState<ComponentType<SharedViewerProps> | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isGone = false;
    import("./shared-viewer.tsx").then(
      ({ SharedViewer }) => !isGone && setViewer(() => SharedViewer),
      () => !isGone && setFailed(true),
    );
    return () => void (isGone = true);
  }, [attempt]);
  if (Viewer) return <Viewer {...props} />;
  if (!hasFailed) return children;
  return (
    <p role="alert" className="text-ink-muted grid h-full place-content-center gap-3 p-6 text-center">
      {failed}
      <button
        type="button"
        onClick={() => {
          setFailed(false);
          setAttempt(attempt + 1);
        }}
        className="text-accent-ink rounded-sm py-1 font-medium hover:underline"
      >
        {retry}
      </button>
    </p>
  );
}
