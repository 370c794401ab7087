/** The dimmed page behind a dialog, which also centres it; on a phone it ends above the keyboard (`use-keyboard-room.ts`). */
export const overlayClass =
  "fixed inset-x-0 top-0 bottom-(--keyboard,0px) z-40 grid grid-cols-[minmax(0,1fr)] items-end justify-items-center overflow-y-auto bg-overlay sm:items-center sm:p-6 " +
  "data-[state=open]:animate-fade-in data-[state=closed]:animate-fade-out";

/** A dialog's sheet of paper; on a phone it comes from the bottom edge and is as wide as the window. */
export const panelClass =
  "flex max-h-[min(92dvh,100%)] w-full flex-col overflow-hidden rounded-t-lg bg-surface shadow-dialog outline-none sm:max-h-[85dvh] sm:rounded-lg " +
  "data-[state=open]:animate-rise-in data-[state=closed]:animate-sink-out max-sm:max-w-none max-sm:pb-[env(safe-area-inset-bottom)] " +
  "max-sm:data-[state=open]:animate-slide-in-bottom max-sm:data-[state=closed]:animate-slide-out-bottom";
