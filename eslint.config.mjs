import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import importX from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Folders under lib that are platform: they know no domain. */
const platform = [
  "env",
  "db",
  "errors",
  "authz",
  "auth",
  "http",
  "storage",
  "mail",
  "realtime",
  "rate-limit",
  "i18n",
  "jobs",
  "log",
  "metrics",
];

export default tseslint.config(
  {
    ignores: ["node_modules", ".next", ".data", "prisma/generated", "public", "next-env.d.ts", "e2e/.output"],
  },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.{ts,tsx,mjs}"],
    plugins: { "import-x": importX, "react-hooks": reactHooks },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    rules: {
      ...reactHooks.configs.recommended.rules,
      // no React compiler here: what it could not memoize is of no concern
      "react-hooks/incompatible-library": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "no-console": "error",
      eqeqeq: "error",
      "import-x/no-cycle": ["error", { maxDepth: 12, ignoreExternal: true }],
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: [
            {
              target: "./components/**/*",
              from: "./lib/**/*",
              except: [
                "**/lib/*/{schema,access-schema,values,api}.ts",
                "**/lib/http/operation.ts",
                "**/lib/authz/permissions.ts",
                "**/lib/i18n/**",
              ],
              message: "Components see schemas, DTO types and declared operations only.",
            },
            {
              target: "./components",
              from: ["./app", "./inngest", "./prisma", "./scripts"],
              message: "Components see schemas and DTO types only.",
            },
            {
              target: "./lib",
              from: ["./app", "./components", "./inngest/functions", "./scripts"],
              message: "lib is below app, components, functions and scripts.",
            },
            {
              target: ["./app", "./inngest", "./components"],
              from: ["./prisma", "./lib/db"],
              message: "Only domains, lib/db and scripts reach the database.",
            },
            {
              target: "./scripts/launcher/http-server.ts",
              from: "./lib/**/*",
              except: ["**/lib/http/**"],
              message:
                "The server decides nothing about access: pages and routes do, whatever stands before them.",
            },
            ...platform.map((name) => ({
              target: `./lib/${name}/**/*`,
              from: "./lib/**/*",
              except: [...platform.map((other) => `**/lib/${other}/**`), "**/lib/*/{schema,values}.ts"],
              message: "Platform folders know no domain.",
            })),
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "process.env is read in lib/env only.",
        },
      ],
    },
  },
  {
    files: ["components/**"],
    ignores: ["**/*.test.ts"],
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "Literal[value=/^\\u002fapi\\u002f/], TemplateElement[value.raw=/^\\u002fapi\\u002f/]",
          message: "An operation of lib/<domain>/api.ts has the address.",
        },
      ],
    },
  },
  {
    files: [
      "lib/env/**",
      "instrumentation.ts",
      "scripts/**",
      "bench/**",
      "e2e/**",
      "*.config.*",
      "**/*.test.ts",
      "prisma/**",
    ],
    rules: { "no-restricted-syntax": "off", "no-console": "off" },
  },
  {
    // what is tested through the whole program may reach all of it
    files: ["**/*.test.ts", "prisma/**"],
    rules: { "import-x/no-restricted-paths": "off" },
  },
  {
    // fixtures of the browser tests take a function called `use`
    files: ["e2e/**"],
    rules: { "react-hooks/rules-of-hooks": "off" },
  },
);
