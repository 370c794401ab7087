/** The parts of a person's own settings, in their order; each is the anchor of its part on the page. */
export const sectionNames = [
  "profile",
  "appearance",
  "usage",
  "password",
  "secondFactor",
  "sessions",
  "tokens",
  "closing",
] as const;
