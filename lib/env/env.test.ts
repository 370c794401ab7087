import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv as readLines } from "node:util";
import { describe, expect, it } from "vitest";
import { parseEnv, settingNames } from "./index.ts";

const needed = { AUTH_SECRET: "x".repeat(32), DATABASE_URL: "postgresql://localhost/sheaf" };

describe("settings", () => {
  it("have defaults for all but the secret and the database", () => {
    expect(parseEnv(needed)).toMatchObject({
      STORAGE_DRIVER: "local",
      FREE_COLLECTIONS: 20,
      PRO_STORAGE_BYTES: 107_374_182_400,
    });
    expect(parseEnv({ ...needed, SMTP_URL: "" }).SMTP_URL).toBeUndefined();
  });

  it("name every fault in one message", () => {
    const faulty = { AUTH_SECRET: "short", STORAGE_DRIVER: "tape", FREE_DOCUMENTS: "many" };
    expect(() => parseEnv(faulty)).toThrow(
      /AUTH_SECRET[^]*DATABASE_URL is missing[^]*STORAGE_DRIVER[^]*FREE_DOCUMENTS/,
    );
    expect(() => parseEnv({ ...needed, STORAGE_DRIVER: "s3" })).toThrow(/S3_BUCKET/);
  });

  it("are all explained in .env.example, with their defaults", () => {
    const example = readLines(readFileSync(path.resolve(import.meta.dirname, "../../.env.example"), "utf8"));
    expect(Object.keys(example)).toEqual(
      expect.arrayContaining(settingNames.filter((name) => name !== "NODE_ENV")),
    );
    expect(parseEnv({ ...example, ...needed, INNGEST_BASE_URL: "", INNGEST_EVENT_KEY: "" })).toEqual(
      parseEnv(needed),
    );
  });
});
