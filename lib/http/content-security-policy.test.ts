import { expect, test } from "vitest";
import { parseEnv } from "#lib/env/index.ts";
import { contentSecurityPolicy } from "./content-security-policy.ts";

const required = { AUTH_SECRET: "x".repeat(32), DATABASE_URL: "postgres://localhost/sheaf" };
const s3 = { STORAGE_DRIVER: "s3", S3_BUCKET: "books", S3_ACCESS_KEY_ID: "a", S3_SECRET_ACCESS_KEY: "b" };

function directives(settings: Record<string, string> = {}) {
  const policy = contentSecurityPolicy("bm9uY2U=", parseEnv({ ...required, ...settings }));
  return new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );
}

test("scripts run by nonce, never inline or from eval", () => {
  const scripts = directives().get("script-src");
  expect(scripts).toContain("'nonce-bm9uY2U='");
  expect(scripts).not.toContain("'unsafe-inline'");
  expect(scripts).not.toContain("'unsafe-eval'");
});

test("nothing can be framed, embedded or re-based", () => {
  const policy = directives();
  for (const name of ["frame-ancestors", "object-src", "base-uri", "frame-src"]) {
    expect(policy.get(name)).toEqual(["'none'"]);
  }
});

test("without a store of its own, bytes come from this origin alone", () => {
  expect(directives().get("connect-src")).toEqual(["'self'", "blob:"]);
});

test.each([
  [{ S3_ENDPOINT: "http://127.0.0.1:9000" }, "http://127.0.0.1:9000"],
  [
    { S3_ENDPOINT: "https://s3.example.org/base", S3_FORCE_PATH_STYLE: "false" },
    "https://books.s3.example.org",
  ],
  [{ S3_REGION: "eu-central-1" }, "https://s3.eu-central-1.amazonaws.com"],
])("an object store at %j is reached at %s", (settings, origin) => {
  const policy = directives({ ...s3, ...settings });
  for (const name of ["connect-src", "img-src", "media-src"]) expect(policy.get(name)).toContain(origin);
  expect(policy.get("script-src")).not.toContain(origin);
});

test("CONTENT_ORIGIN is allowed as an origin, without its path", () => {
  const policy = directives({ CONTENT_ORIGIN: "https://files.example.org/x" });
  expect(policy.get("img-src")).toContain("https://files.example.org");
});
