import type { ReactNode } from "react";

interface ViewerFrameProps {
  /** The toolbar's accessible name. */
  label: string;
  toolbar: ReactNode;
  /** At the left of the content, such as page thumbnails. */
  aside?: ReactNode;
  children: ReactNode;
}

/** The frame that all viewers share: a quiet toolbar over the content, which fills the rest. */
export function ViewerFrame({ label, toolbar, aside, children }: ViewerFrameProps) {
  return (
    <div className="flex h-full min-w-0 flex-col">
      <div
        role="toolbar"
        aria-label={label}
        className="border-line bg-paper flex h-11 shrink-0 items-center gap-0.5 overflow-x-auto border-b px-2 sm:px-3"
      >
        {toolbar}
      </div>
      <div className="flex min-h-0 flex-1">
        {aside}
        <div className="bg-sunken relative min-w-0 flex-1">{children}</div>
      </div>
    </div>
  );
}
