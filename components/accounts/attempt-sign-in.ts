import { signIn } from "next-auth/react";

/** Leaves the page for `next` when it worked; else tells why not (`failureOf`). */
export async function attemptSignIn(
  way: "credentials" | "magic-link",
  credentials: Record<string, string>,
  next: string,
): Promise<string | null | undefined> {
  // it throws when the server can't be reached
  const result = await signIn(way, { ...credentials, redirect: false }).catch(() => null);
  if (result?.ok && !result.error) {
    // a full load, so that nothing of whoever was here before is left in memory
    location.assign(next);
    await new Promise(() => {}); // busy until the page is gone
  }
  return result?.error;
}
