import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Top-level folders that no page is made of. Everything else counts, so that a new folder can't be forgotten. */
const OUTSIDE = new Set([
  "node_modules",
  ".git",
  ".ci",
  ".next",
  ".data",
  "docs",
  "e2e",
  "bench",
  "scripts",
  "coverage",
]);
/** Files that change without changing what is built: tests, texts for people, and what tools write. */
const IRRELEVANT =
  /(\.test\.tsx?|\.md|\.tsbuildinfo|\.log)$|(^|\/)(\.env[^/]*|next-env\.d\.ts|LICENSE|\.DS_Store)$/;

/** A hash over names and content of everything that goes into a build. About 20 ms per thousand files. */
export function hashSources(root: string): string {
  const hash = createHash("sha256");
  for (const file of listSources(root)) {
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

function listSources(root: string): string[] {
  const files: string[] = [];
  const visit = (folder: string) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) {
        // Migrations are applied by the launcher and the client is generated from the schema.
        if (!OUTSIDE.has(name) && name !== "prisma/generated" && name !== "prisma/migrations") visit(name);
      } else if (entry.isFile() && !IRRELEVANT.test(name)) {
        files.push(name);
      }
    }
  };
  visit("");
  return files.sort();
}
