const spaces = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** The form in which names are compared, as `app.folded` in the database: in one case, composed, any white space as one. */
export const foldedName = (name: string): string => name.toLowerCase().normalize("NFC").replace(spaces, " ");
