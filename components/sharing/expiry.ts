/** The choices for when access ends; `date` lets a day be picked. */
export const expiryChoices = ["never", "week", "month", "quarter", "date"] as const;
export type ExpiryChoice = (typeof expiryChoices)[number];

const days = { week: 7, month: 30, quarter: 90 };

/** The end of a calendar day, `YYYY-MM-DD`, where the reader is. */
const endOfDay = (day: string): Date => new Date(`${day}T23:59:59`);

/** When access ends, as ISO 8601, or null for never. A date has to be one without an `endProblem`. */
export function expiryOf(choice: ExpiryChoice, day: string, now = new Date()): string | null {
  if (choice === "never") return null;
  if (choice === "date") return endOfDay(day).toISOString();
  return new Date(now.getTime() + days[choice] * 86_400_000).toISOString();
}

/** What is wrong with the end that was chosen: no day is picked yet, or it is over already. */
export function endProblem(choice: ExpiryChoice, day: string, now = new Date()): "noDay" | "pastDay" | null {
  if (choice !== "date") return null;
  // a year of five digits is no date either
  const end = endOfDay(day).getTime();
  return Number.isNaN(end) ? "noDay" : end < now.getTime() ? "pastDay" : null;
}

/** Today as a date field wants it, where the reader is. */
export function today(now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
