/** The dimmed page behind a dialog, which also centres it. */
export const overlayClass =
  "fixed inset-0 z-40 grid grid-cols-[minmax(0,1fr)] items-end justify-items-center overflow-y-auto bg-overlay sm:items-center sm:p-6 " +
  "data-[state=open]:animate-fade-in data-[state=closed]:animate-fade-out";

/** A dialog's sheet of paper. */
export const panelClass =
  "flex max-h-[92dvh] w-full flex-col overflow-hidden rounded-t-lg bg-surface shadow-dialog outline-none sm:max-h-[85dvh] sm:rounded-lg " +
  "data-[state=open]:animate-rise-in data-[state=closed]:animate-sink-out";
