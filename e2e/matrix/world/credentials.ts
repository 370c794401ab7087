import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { encode } from "next-auth/jwt";
import type { Product } from "../../support/product.ts";
import { type PersonaName, personaNames } from "../rules.ts";
import type { World } from "./world.ts";

export const fromNames = <Value>(make: (name: PersonaName) => Value) =>
  Object.fromEntries(personaNames.map((name) => [name, make(name)])) as Record<PersonaName, Value>;

const secretOf = async (product: Product): Promise<string> =>
  (JSON.parse(await readFile(path.join(product.dataDir, "secrets.json"), "utf8")) as { authSecret: string })
    .authSecret;

/** What signs the calls of each, by how they come. */
export async function makeCredentials(
  product: Product,
  ids: World["ids"],
  comesHow: (name: PersonaName) => string,
): Promise<World["headers"]> {
  const authSecret = await secretOf(product);
  const headers = fromNames((): Record<string, string> => ({}));
  for (const name of personaNames) {
    const comes = comesHow(name);
    if (comes.startsWith("by session")) {
      const [session] = await product.query<{ id: string }>(
        `INSERT INTO sessions (user_id, expires_at, revoked_at)
         VALUES ($1, now() + $2::interval, CASE WHEN $3 THEN now() END) RETURNING id`,
        [ids[name], comes.endsWith("expired") ? "-1 second" : "1 day", comes.endsWith("signed out")],
      );
      const token = await encode({ token: { sub: ids[name], sessionId: session!.id }, secret: authSecret });
      headers[name] = { cookie: `next-auth.session-token=${token}`, origin: product.url };
    } else if (comes.startsWith("by token")) {
      const token = await giveToken(product, ids[name], { state: comes });
      headers[name] = { authorization: `Bearer ${token}` };
    }
  }
  return headers;
}

/** The links of a collection, presented as what they are not. */
export async function giveLinks({ product, ids, headers, roleIds, shared }: World): Promise<void> {
  const token = randomBytes(32).toString("base64url");
  const [link] = await product.query<{ id: string }>(
    `INSERT INTO public_links (collection_id, role_id, created_by_id, token_hash, token_sealed)
     VALUES ($1, $2, $3, $4, $4) RETURNING id`,
    [shared.closed.id, roleIds.viewer, ids.owner, createHash("sha256").update(token).digest()],
  );
  headers["link visitor"] = { authorization: `Bearer ${token}`, cookie: `next-auth.session-token=${token}` };
  const session = await encode({
    token: { sub: link!.id, sessionId: link!.id },
    secret: await secretOf(product),
  });
  headers["link visitor, as if in a session"] = {
    ...{ cookie: `next-auth.session-token=${session}`, origin: product.url },
  };
}

export async function giveToken(
  product: Product,
  userId: string,
  { state = "by token", scope = "admin" } = {},
): Promise<string> {
  const secret = `sheaf_${randomBytes(32).toString("base64url")}`;
  await product.query(
    `INSERT INTO tokens (user_id, kind, scope, name, hash, expires_at, revoked_at)
     VALUES ($1, 'access', $5, 'Script', $2, now() + $3::interval, CASE WHEN $4 THEN now() END)`,
    [
      userId,
      createHash("sha256").update(secret).digest(),
      state.endsWith("expired") ? "-1 second" : "1 day",
      state.endsWith("revoked"),
      scope,
    ],
  );
  return secret;
}
