import { createHash } from "node:crypto";
import type pg from "pg";

/** A statement that a connection plans once and keeps, as it does for the application: policies take long to plan. */
export const planned = (text: string, values: unknown[]): pg.QueryConfig => ({
  name: createHash("sha256").update(text).digest("base64url"),
  text,
  values,
});
