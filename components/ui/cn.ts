/** Joins class names, leaving out what is falsy. It does not resolve conflicts: pass layout classes only. */
export const cn = (...names: (string | false | null | undefined)[]): string =>
  names.filter(Boolean).join(" ");
