import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** What one URL allows. The URL carries every field, and all are signed. */
export type Permit =
  | { op: "put"; key: string; contentType: string; sizeBytes: number; sha256: string; expires: number }
  | {
      op: "part";
      key: string;
      uploadId: string;
      part: number;
      sizeBytes: number;
      sha256: string;
      expires: number;
    }
  | {
      op: "get";
      key: string;
      contentType: string;
      disposition: "inline" | "attachment";
      filename: string;
      expires: number;
    };

/** Query parameters of each operation. A URL has exactly these and `signature`. */
const fields = {
  put: ["contentType", "sizeBytes", "sha256", "expires"],
  part: ["uploadId", "part", "sizeBytes", "sha256", "expires"],
  get: ["contentType", "disposition", "filename", "expires"],
} as const;
const numbers = new Set(["sizeBytes", "part", "expires"]);

/** A key for storage URLs alone, so that signatures made elsewhere with the same secret are not valid here. */
export function deriveSigningKey(secret: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", "sheaf storage url v1", 32));
}

// JSON keeps the fields apart whatever they contain. A plain separator could be part of a field.
const mac = (signingKey: Buffer, parts: string[]): string =>
  createHmac("sha256", signingKey).update(JSON.stringify(parts)).digest("base64url");

/** `key?op=…&…&signature=…`, relative to the address of the storage route. */
export function signPermit(signingKey: Buffer, permit: Permit): string {
  const values = permit as unknown as Record<string, string | number>;
  const query = new URLSearchParams({ op: permit.op });
  for (const name of fields[permit.op]) query.set(name, String(values[name]));
  const signature = mac(signingKey, [
    permit.key,
    permit.op,
    ...fields[permit.op].map((name) => query.get(name)!),
  ]);
  query.set("signature", signature);
  return `${permit.key}?${query.toString()}`;
}

/** The permit of a URL's key and query, or null when anything was added, left out or altered. Does not check the expiry. */
export function verifyPermit(signingKey: Buffer, key: string, search: string): Permit | null {
  const query = new URLSearchParams(search);
  const op = query.get("op");
  if (op !== "put" && op !== "part" && op !== "get") return null;
  const names = fields[op];
  const given = [...query.keys()];
  if (given.length !== names.length + 2 || new Set(given).size !== given.length) return null;
  const values: string[] = [];
  for (const name of names) {
    const value = query.get(name);
    if (value === null) return null;
    values.push(value);
  }
  // Compared as text: several base64 texts decode to the same bytes, and only one of them is in the URL we made.
  const signature = Buffer.from(query.get("signature") ?? "");
  const expected = Buffer.from(mac(signingKey, [key, op, ...values]));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return null;
  const entries = names.map((name, index) => [
    name,
    numbers.has(name) ? Number(values[index]) : values[index],
  ]);
  return { op, key, ...Object.fromEntries(entries) } as Permit;
}
