import { defineConfig } from "vitest/config";

const elsewhere = ["**/node_modules/**", ".next/**", ".data/**", "e2e/.output/**"];

/** `unit`: pure logic. `int`: a PostgreSQL of its own, with a fresh migrated database for every test file. */
export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["**/*.test.{ts,tsx}"], exclude: [...elsewhere, "**/*.int.test.ts"] },
      },
      {
        extends: true,
        test: {
          name: "int",
          include: ["**/*.int.test.ts"],
          exclude: elsewhere,
          globalSetup: "scripts/test/postgres.ts",
          setupFiles: "scripts/test/database.ts",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
