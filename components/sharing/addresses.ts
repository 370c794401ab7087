import { emailSchema } from "#lib/sharing/schema.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";

/**
 * The addresses in typed or pasted text: separated by commas, semicolons, spaces or lines, alone or as
 * "Name <address>". Each once; what is no address is kept as it is, to be shown as such.
 */
export function splitAddresses(text: string): string[] {
  const bracketed = text.replace(/"[^"]*"|[^<>,;\n]*<([^<>]*)>/g, (all, address?: string) =>
    address === undefined ? (all.includes("@") ? all : "") : ` ${address} `,
  );
  const found = new Map<string, string>();
  for (const part of bracketed.split(/[\s,;]+/)) {
    const address = part.replace(/^mailto:/i, "").replace(/[.,;]+$/, "");
    const key = normalizeEmail(address);
    if (key && !found.has(key)) found.set(key, address);
  }
  return [...found.values()];
}

export const isAddress = (text: string): boolean => emailSchema.safeParse(text).success;
