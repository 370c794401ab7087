import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Domain } from "../domain.ts";
import { everybody, type OtherOperation } from "../others.ts";
import type { PersonaName } from "../rules.ts";
import { rowId } from "../world/rows.ts";
import type { World } from "../world/world.ts";

const wrongProof = { password: "not their password" };
type Ended = "revoked" | "expired";
const lasts = "now() + CASE $2 WHEN 'expired' THEN -1 ELSE 1 END * interval '1 day'";
const makeSession = (world: World, who: PersonaName, ended?: Ended) =>
  rowId(
    world,
    `INSERT INTO sessions (user_id, expires_at, revoked_at) VALUES ($1, ${lasts}, CASE $2 WHEN 'revoked' THEN now() END)`,
    [world.ids[who], ended ?? "live"],
  );
const makeToken = (world: World, who: PersonaName, ended?: Ended) =>
  rowId(
    world,
    `INSERT INTO tokens (user_id, kind, scope, expires_at, revoked_at, hash)
     VALUES ($1, 'access', 'read', ${lasts}, CASE $2 WHEN 'revoked' THEN now() END, $3)`,
    [world.ids[who], ended ?? "live", createHash("sha256").update(randomBytes(32)).digest()],
  );
const makeIdentity = (world: World, who: PersonaName) =>
  rowId(
    world,
    "INSERT INTO identities (user_id, issuer, subject) VALUES ($1, 'https://' || gen_random_uuid() || '.example', 'x')",
    [world.ids[who]],
  );
/** Somebody who asks nothing here. */
const another: PersonaName = "suspended, token";
const own = (make: typeof makeSession) => ({
  "one's own": (world: World, who: PersonaName) => make(world, who),
  "one's own, revoked": (world: World, who: PersonaName) => make(world, who, "revoked"),
  "one's own, expired": (world: World, who: PersonaName) => make(world, who, "expired"),
  "somebody's": (world: World) => make(world, another),
});
const endsOwn = (_: PersonaName, state: string) => (state === "one's own" ? 204 : "unseen");

export const accounts: Domain = {
  scopes: {
    read: "GET /me  GET /me/quota  GET /settings",
    write: `
      POST /auth/register  POST /auth/magic-link  POST /auth/password-reset  POST /auth/password-reset/confirm
      POST /auth/verify-email  POST /auth/email-change/confirm
      PATCH /settings`,
    session: `
      GET /me/sessions  DELETE /me/sessions  DELETE /me/sessions/{id}
      GET /me/identities  DELETE /me/identities/{id}
      GET /me/tokens  POST /me/tokens  DELETE /me/tokens/{id}
      PUT /me/password  POST /me/email-change  DELETE /me/email-change
      POST /me/second-factor  POST /me/second-factor/activate
      POST /me/second-factor/remove  POST /me/second-factor/backup-codes
      GET /me/closing  POST /me/closing`,
  },
  others: [
    // --- everybody's
    {
      ...{
        route: "POST /api/v1/auth/register",
        as: "an address that has an account",
        isForAll: true,
        answers: () => 201,
      },
      parts: ({ emails }) => ({ body: { email: emails[another], name: "Somebody", password: randomUUID() } }),
    },
    ...["password-reset", "magic-link"].map((name): OtherOperation => ({
      ...{ route: `POST /api/v1/auth/${name}`, isForAll: true, answers: () => 202 },
      parts: () => ({ body: { email: `${randomUUID()}@example.org` } }),
    })),
    {
      ...{
        route: "POST /api/v1/auth/password-reset/confirm",
        as: "a guess",
        isForAll: true,
        answers: () => 422,
      },
      parts: () => ({ body: { token: randomUUID(), password: randomUUID() } }),
    },
    ...["verify-email", "email-change/confirm"].map((name): OtherOperation => ({
      ...{ route: `POST /api/v1/auth/${name}`, as: "a guess", isForAll: true, answers: () => 422 },
      parts: () => ({ body: { token: randomUUID() } }),
    })),
    // --- one's own
    {
      route: "GET /api/v1/me",
      answers: everybody,
      tells: ({ ids, emails }, who) => ({ id: ids[who], email: emails[who] }),
    },
    ...["/me/quota", "/me/closing", "/me/identities", "/me/sessions", "/me/tokens", "/settings"].map(
      (path): OtherOperation => ({
        route: `GET /api/v1${path}`,
        answers: everybody,
      }),
    ),
    { route: "PATCH /api/v1/settings", answers: everybody, parts: () => ({ body: { language: "en" } }) },
    {
      ...{ route: "POST /api/v1/me/tokens", answers: () => 201 },
      parts: () => ({ body: { name: "Another" } }),
    },
    {
      ...{ route: "DELETE /api/v1/me/tokens/{id}", states: own(makeToken), unseen: () => 404 },
      // those that ran out stay in the list until they are taken off it
      answers: (who, state) => (state === "one's own, expired" ? 204 : endsOwn(who, state)),
    },
    {
      route: "DELETE /api/v1/me/sessions/{id}",
      states: own(makeSession),
      answers: endsOwn,
      unseen: () => 404,
    },
    {
      ...{ route: "DELETE /api/v1/me/identities/{id}", unseen: () => 404 },
      states: {
        "one's own": (world: World, who: PersonaName) => makeIdentity(world, who),
        "somebody's": (world: World) => makeIdentity(world, another),
      },
      // nobody here has a password: it is their only way in
      answers: (_, state) => (state === "one's own" ? 409 : "unseen"),
    },
    { route: "DELETE /api/v1/me/sessions", answers: () => 204 },
    { route: "DELETE /api/v1/me/email-change", answers: () => 204 },
    {
      ...{ route: "PUT /api/v1/me/password", as: "without knowing it", answers: () => 403 },
      parts: () => ({ body: { currentPassword: "not their password", newPassword: randomUUID() } }),
    },
    {
      ...{ route: "POST /api/v1/me/email-change", as: "without the password", answers: () => 403 },
      parts: () => ({ body: { ...wrongProof, email: `${randomUUID()}@example.org` } }),
    },
    {
      // what stands in the way is said before the password is asked for
      ...{ route: "POST /api/v1/me/closing", as: "without the password" },
      answers: (who) => (who === "owner" ? 409 : 403),
      parts: ({ emails }, who) => ({ body: { ...wrongProof, email: emails[who] } }),
    },
    ...["", "/backup-codes", "/remove"].map((path): OtherOperation => ({
      ...{ route: `POST /api/v1/me/second-factor${path}`, as: "without the password", answers: () => 403 },
      parts: () => ({ body: wrongProof }),
    })),
    {
      ...{ route: "POST /api/v1/me/second-factor/activate", as: "none set up", answers: () => 409 },
      parts: () => ({ body: { code: "123456" } }),
    },
  ],
};
