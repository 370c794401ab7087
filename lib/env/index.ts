import { z } from "zod";
import { limitsIn } from "#lib/rate-limit/classes.ts";

/**
 * Every setting of the application, read once from the environment and validated.
 * `.env.example` explains each variable; adding one here means adding it there.
 */
const flag = z.enum(["true", "false", "1", "0"]).transform((value) => value === "true" || value === "1");
/** What `read` makes of a text, or what it throws as the reason. */
const readBy =
  <Value>(read: (text: string) => Value) =>
  (text: string, context: z.RefinementCtx): Value => {
    try {
      return read(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  };
const count = z.coerce.number().int().positive();
const limit = z.coerce.number().int().nonnegative();

const schema = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
  APP_URL: z.url().default("http://localhost:3000"),
  CONTENT_ORIGIN: z.url().optional(),
  AUTH_SECRET: z.string().min(32),
  AUDIT_KEYS: z.string().optional(),
  DATABASE_URL: z.url(),
  DATABASE_POOL_SIZE: count.default(10),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  TRUST_PROXY: flag.default(false),

  STORAGE_DRIVER: z.enum(["local", "s3"]).default("local"),
  STORAGE_DIR: z.string().default(".data/storage"),
  S3_ENDPOINT: z.url().optional(),
  S3_REGION: z.string().default("us-east-1"),
  S3_BUCKET: z.string().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_FORCE_PATH_STYLE: flag.default(true),
  MAX_UPLOAD_BYTES: count.default(5_368_709_120),

  SMTP_URL: z.url().optional(),
  DKIM_DOMAIN: z.string().optional(),
  DKIM_SELECTOR: z.string().optional(),
  DKIM_PRIVATE_KEY: z.string().optional(),
  RESEND_API_KEY: z.string().optional(),
  RESEND_FROM_EMAIL: z.string().optional(),
  RESEND_BASE_URL: z.url().default("https://api.resend.com"),
  MAIL_FROM: z.string().default("Sheaf <sheaf@localhost>"),
  MAIL_DIR: z.string().default(".data/mail"),
  MAILBOX_PAGE: flag.default(false),

  INNGEST_BASE_URL: z.url().default("http://127.0.0.1:3100"),
  INNGEST_EVENT_KEY: z.string().default("local"),
  INNGEST_SIGNING_KEY: z.string().optional(),

  SIGN_UP: z.enum(["open", "invite"]).default("open"),

  OIDC_ISSUER: z.url().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().min(1).max(40).default("Single sign-on"),
  OIDC_TRUST_EMAIL: flag.default(false),

  FREE_COLLECTIONS: limit.default(20),
  FREE_DOCUMENTS: limit.default(500),
  FREE_STORAGE_BYTES: limit.default(5_368_709_120),
  FREE_PDF_JOBS_PER_DAY: limit.default(10),
  FREE_COLLABORATORS_PER_COLLECTION: limit.default(50),
  PRO_COLLECTIONS: limit.default(500),
  PRO_DOCUMENTS: limit.default(50_000),
  PRO_STORAGE_BYTES: limit.default(107_374_182_400),
  PRO_PDF_JOBS_PER_DAY: limit.default(200),
  PRO_COLLABORATORS_PER_COLLECTION: limit.default(200),
  MAX_PENDING_UPLOADS: count.default(1000),

  PDF_TIMEOUT_SECONDS: count.default(600),
  MAX_PDF_PAGES: count.default(1000),
  MAX_PDF_SIZE_MB: count.default(50),
  PDF_MEMORY_MB: count.default(1024),

  /** Multiplies every rate limit; 0 switches them off (load tests). */
  RATE_LIMIT_FACTOR: z.coerce.number().nonnegative().default(1),
  /** Other figures for classes of calls: `share=100/3600, read=6000/60`. */
  RATE_LIMITS: z.string().default("").transform(readBy(limitsIn)),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
});

export type Env = z.infer<typeof schema>;

/**
 * The names of the application's settings. The launcher has a few more (`.env.example`).
 * @internal
 */
export const settingNames = Object.keys(schema.shape);

/** Parses settings. Throws an Error whose message lists every faulty variable, one per line. */
export function parseEnv(values: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = issue.path.join(".");
      return present[name] === undefined ? `${name} is missing` : `${name}: ${issue.message}`;
    });
    throw new Error(
      `The configuration is not usable:\n  ${lines.join("\n  ")}\nSee .env.example for what each variable means.`,
    );
  }
  const env = parsed.data;
  if (env.STORAGE_DRIVER === "s3" && !(env.S3_BUCKET && env.S3_ACCESS_KEY_ID && env.S3_SECRET_ACCESS_KEY)) {
    throw new Error("STORAGE_DRIVER=s3 needs S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.");
  }
  if (env.OIDC_ISSUER) {
    if (!(env.OIDC_CLIENT_ID && env.OIDC_CLIENT_SECRET))
      throw new Error("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.");
    const { protocol, hostname } = new URL(env.OIDC_ISSUER);
    if (protocol !== "https:" && !["localhost", "127.0.0.1", "[::1]"].includes(hostname))
      throw new Error("OIDC_ISSUER must begin with https://.");
  }
  return env;
}

let cached: Env | undefined;

/** The validated settings, read at first use: a build needs none of them. */
export const env: Env = new Proxy({} as Env, {
  get: (_, name) => (cached ??= parseEnv(process.env))[name as keyof Env],
});
