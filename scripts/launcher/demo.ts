import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { explain } from "./failure.ts";

/** An account of the demo, as `prisma/seed.ts` returns them. */
export interface DemoAccount {
  name?: string;
  email: string;
  password: string;
}

/** Creates demo accounts and documents. Running it again changes nothing. Null if there is no seed. */
export async function seedDemo(root: string): Promise<DemoAccount[] | null> {
  const file = path.join(root, "prisma/seed.ts");
  if (!existsSync(file)) return null;
  try {
    const seed = (await import(pathToFileURL(file).href)) as {
      seedDemo(): Promise<DemoAccount[] | undefined>;
    };
    return (await seed.seedDemo()) ?? [];
  } catch (error) {
    throw explain(error, "create the demo", root);
  }
}

/** The accounts as aligned lines. */
export function demoLines(accounts: DemoAccount[]): string[] {
  const width = Math.max(0, ...accounts.map(({ email }) => email.length));
  return accounts.map(
    ({ email, password, name }) => `    ${email.padEnd(width)}   ${password}${name ? `   (${name})` : ""}`,
  );
}
