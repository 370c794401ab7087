import { foldedName } from "#lib/http/values.ts";

/**
 * Whether somebody found for another text fits this one, too: by a part of their name or address, as the directory
 * decides. What is typed on while an answer is under way must choose nobody whom it does not mean.
 */
export const fits = (typed: string, ...texts: string[]): boolean =>
  texts.some((text) => foldedName(text).includes(foldedName(typed.trim())));
