import { type Env } from "#lib/env/index.ts";

type Origins = Pick<
  Env,
  | "NODE_ENV"
  | "CONTENT_ORIGIN"
  | "STORAGE_DRIVER"
  | "S3_ENDPOINT"
  | "S3_BUCKET"
  | "S3_REGION"
  | "S3_FORCE_PATH_STYLE"
>;

/** The origin that presigned addresses of the object store point to, or null when bytes come from the app itself. */
function storeOrigin(env: Origins): string | null {
  if (env.STORAGE_DRIVER !== "s3") return null;
  const endpoint = new URL(env.S3_ENDPOINT ?? `https://s3.${env.S3_REGION}.amazonaws.com`);
  if (!env.S3_FORCE_PATH_STYLE) endpoint.hostname = `${env.S3_BUCKET}.${endpoint.hostname}`;
  return endpoint.origin;
}

/**
 * The policy of a page. Scripts run by nonce only; bytes of documents come from this origin, CONTENT_ORIGIN or
 * the object store. Inline styles are allowed: positions of floating layers are style attributes.
 */
export function contentSecurityPolicy(nonce: string, env: Origins): string {
  const isDevelopment = env.NODE_ENV === "development";
  const content = [env.CONTENT_ORIGIN ? new URL(env.CONTENT_ORIGIN).origin : null, storeOrigin(env)].filter(
    (origin) => origin !== null,
  );
  const directives: Record<string, string[]> = {
    "default-src": ["'self'"],
    // WebAssembly: hashing before an upload, image codecs of the PDF viewer
    "script-src": [
      "'self'",
      `'nonce-${nonce}'`,
      "'strict-dynamic'",
      "'wasm-unsafe-eval'",
      ...(isDevelopment ? ["'unsafe-eval'"] : []),
    ],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:", ...content],
    "font-src": ["'self'", "data:"],
    "connect-src": ["'self'", "blob:", ...content, ...(isDevelopment ? ["ws:", "wss:"] : [])],
    "worker-src": ["'self'", "blob:"],
    "media-src": ["'self'", "blob:", ...content],
    "frame-src": ["'none'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}
