import type { GrantView } from "#lib/sharing/schema.ts";

/** What a grant's holder is called. */
export const grantName = ({ name, email }: Pick<GrantView, "name" | "email">): string => name ?? email ?? "";
