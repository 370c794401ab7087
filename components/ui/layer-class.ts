/** The look of small floating layers: menus, popovers, option lists. */
export const layerClass =
  "z-50 origin-(--radix-popper-transform-origin) overflow-hidden rounded-md border border-line bg-surface text-ink shadow-float outline-none " +
  "data-[state=open]:animate-rise-in data-[state=closed]:animate-sink-out";
