/**
 * The form an address is compared in. Never used for display or mail. Letter by letter, as the database does: a whole
 * word's last Σ would be another letter than theirs.
 */
export const normalizeEmail = (email: string): string =>
  Array.from(email.trim(), (letter) => letter.toLowerCase()).join("");
