import { type UserActor } from "#lib/authz/actor.ts";
import { newSecret, tokenPrefix } from "#lib/auth/index.ts";
import { type TokenScope } from "#lib/authz/scopes.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "#lib/http/schema.ts";
import { type CreatedTokenView, type CreateTokenInput, type TokenView } from "./schema.ts";

/** Characters of the secret that stay readable, to recognise it by. */
const SHOWN = tokenPrefix.length + 6;
const PAGE_SIZE = 50;
const select = {
  id: true,
  name: true,
  scope: true,
  prefix: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
} as const;

interface TokenRow {
  id: string;
  name: string;
  scope: string | null;
  prefix: string;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
}
const toView = ({ scope, createdAt, expiresAt, lastUsedAt, ...rest }: TokenRow): TokenView => ({
  ...rest,
  scope: scope as TokenScope,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

/** Makes a personal access token. Only this answer shows it; the database keeps its hash. */
export async function createToken(
  actor: UserActor,
  { name, scope, expiresInDays }: CreateTokenInput,
): Promise<CreatedTokenView> {
  const { secret, hash } = newSecret(tokenPrefix);
  const expiresAt = new Date(Date.now() + expiresInDays * 86_400_000);
  return transaction(actor, async (tx) => {
    const row = await tx.token.create({
      data: {
        userId: actor.id,
        kind: "access",
        name,
        scope,
        prefix: secret.slice(0, SHOWN),
        hash,
        expiresAt,
      },
      select,
    });
    await recordAudit(tx, actor, {
      action: "token.created",
      resource: { type: "token", id: row.id, name },
      metadata: { scope },
    });
    return { ...toView(row), token: secret };
  });
}

/** The actor's tokens that were not revoked, newest first, expired ones included. */
export async function listTokens(
  actor: UserActor,
  { cursor }: { cursor?: string } = {},
): Promise<Page<TokenView>> {
  const rows = await transaction(actor, (tx) =>
    tx.token.findMany({
      where: { userId: actor.id, kind: "access", revokedAt: null, ...(cursor && { id: { lt: cursor } }) },
      orderBy: { id: "desc" },
      take: PAGE_SIZE + 1,
      select,
    }),
  );
  const items = rows.slice(0, PAGE_SIZE).map(toView);
  return { items, nextCursor: rows.length > PAGE_SIZE ? items.at(-1)!.id : null };
}

/** Revokes one of the actor's own tokens at once. Other people's tokens and revoked ones are not found. */
export async function revokeToken(actor: UserActor, id: string): Promise<void> {
  await transaction(actor, async (tx) => {
    const { count } = await tx.token.updateMany({
      where: { id, userId: actor.id, kind: "access", revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (count === 0) throw new AppError("not_found", "No such token of this person");
    await recordAudit(tx, actor, { action: "token.revoked", resource: { type: "token", id } });
  });
}
