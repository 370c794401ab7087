import { createHash, randomBytes, randomUUID } from "node:crypto";
import { isSomebody, type Persona, type PersonaName, personas } from "./rules.ts";
import { makeGroup, type World } from "./world.ts";

/** What the routes beside collections and documents answer: what is one's own, the workspace's, or everybody's. */
export interface OtherOperation {
  /** As in the API's description. */
  route: string;
  as?: string;
  /** Answered to people who are not signed in, too. */
  isForAll?: true;
  /**
   * What may be asked about, by its state: an id that everybody asks about, or one made for each asker. None where the
   * route has no id.
   */
  states?: Record<string, string | ((world: World, who: PersonaName) => Promise<string>)>;
  /** The answer's status, or `unseen`: the same as for what is not there. */
  answers: (who: PersonaName, state: string) => number | "unseen";
  /** How what is not there is answered. */
  unseen?: (who: PersonaName) => number;
  /** Part of every refusal with 403: why. */
  says?: string;
  parts?: (world: World, who: PersonaName) => { query?: string; body?: unknown };
}

const of = (who: PersonaName): Persona => personas[who];
const isAdmin = (who: PersonaName) => of(who).is === "workspace admin";
const isGuest = (who: PersonaName) => of(who).is === "guest";
const isSigned = (who: PersonaName, by: "session" | "token") => of(who).comes === `by ${by}`;

const everybody = () => 200;
const membersOnly = (who: PersonaName) => (isGuest(who) ? 403 : 200);
const ADMINS_ONLY = "Only administrators of your workspace can do this. Ask one of them.";
const adminsOnly = (status = 200): Pick<OtherOperation, "answers" | "says"> => ({
  answers: (who) => (isAdmin(who) ? status : 403),
  says: ADMINS_ONLY,
});
const wrongProof = { password: "not their password" };

// --- groups -------------------------------------------------------------------------------------------------------
const group = "/api/v1/groups/{id}";
const groupStates = {
  live: ({ product, workspaces }: World) => makeGroup(product, workspaces.home),
  "of another workspace": ({ product, workspaces }: World) => makeGroup(product, workspaces.away),
  deleted: ({ product, workspaces }: World) => makeGroup(product, workspaces.home, { isDeleted: true }),
};
const seesGroup = (who: PersonaName, state: string) =>
  !isGuest(who) && state === (of(who).workspace === "home" ? "live" : "of another workspace");
const looksAtGroup = (who: PersonaName, state: string) => (seesGroup(who, state) ? 200 : "unseen");
const changesGroup =
  (status = 200) =>
  (who: PersonaName, state: string) =>
    seesGroup(who, state) ? (isAdmin(who) ? status : 403) : "unseen";
const groupOperation = (
  route: string,
  answers: OtherOperation["answers"],
  body?: (world: World) => unknown,
) => ({
  ...{ route, answers, states: groupStates },
  ...(body && { parts: (world: World) => ({ body: body(world) }) }),
});

// --- roles --------------------------------------------------------------------------------------------------------
const role = "/api/v1/roles/{id}";
const makeRole = async ({ product, workspaces }: World, where: keyof World["workspaces"]) =>
  (
    await product.query<{ id: string }>(
      "INSERT INTO roles (workspace_id, name, mask) VALUES ($1, $2, 1) RETURNING id",
      [workspaces[where], randomUUID()],
    )
  )[0]!.id;
const roleStates = {
  // a workspace has few roles of its own: whoever may do nothing with one may do nothing with this
  live: (world: World, who: PersonaName) =>
    isAdmin(who) ? makeRole(world, "home") : Promise.resolve(world.roleIds.curator),
  "of another workspace": (world: World) => makeRole(world, "away"),
  "built in": async ({ roleIds }: World) => roleIds.viewer,
};

// --- the workspace ------------------------------------------------------------------------------------------------
const workspace = "/api/v1/workspace";
const makeMember = async ({ product, workspaces }: World, where: keyof World["workspaces"]) =>
  (
    await product.query<{ id: string }>(
      `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at)
       SELECT $1, a, a, 'Somebody', now() FROM concat(gen_random_uuid(), '@example.org') a RETURNING id`,
      [workspaces[where]],
    )
  )[0]!.id;
const memberStates = {
  live: (world: World) => makeMember(world, "home"),
  "of another workspace": (world: World) => makeMember(world, "away"),
};
const makeInvitation = async ({ product }: World, workspaceId: string, email: string) =>
  (
    await product.query<{ id: string }>(
      `INSERT INTO workspace_invitations (workspace_id, email, email_normalized, role, expires_at)
       VALUES ($1, $2, $2, 'member', now() + interval '1 day') RETURNING id`,
      [workspaceId, email],
    )
  )[0]!.id;
const someAddress = () => `${randomUUID()}@example.org`;
const invitationStates = {
  live: (world: World) => makeInvitation(world, world.workspaces.home, someAddress()),
  "of another workspace": (world: World) => makeInvitation(world, world.workspaces.away, someAddress()),
};
/** From a workspace of its own, so that nobody is invited twice by one. */
const offerTo = async (world: World, email: string) => {
  const id = randomUUID();
  await world.product.query("INSERT INTO workspaces (id, name) VALUES ($1, 'Elsewhere')", [id]);
  return makeInvitation(world, id, email);
};
const offerStates = {
  "one's own": (world: World, who: PersonaName) => offerTo(world, world.emails[who]),
  "somebody's": (world: World) => offerTo(world, someAddress()),
};
/** Others may not, whatever there is; admins may with what is of their workspace. */
const adminsOf = (
  route: string,
  status: number,
  states: OtherOperation["states"],
  body?: unknown,
): OtherOperation => ({
  ...{ route, states, answers: (who, state) => (isAdmin(who) && state === "live" ? status : "unseen") },
  unseen: (who) => (isAdmin(who) ? 404 : 403),
  says: ADMINS_ONLY,
  ...(body !== undefined && { parts: () => ({ body }) }),
});

// --- one's own ----------------------------------------------------------------------------------------------------
const makeSession = async ({ product, ids }: World, who: PersonaName) =>
  (
    await product.query<{ id: string }>(
      "INSERT INTO sessions (user_id, expires_at) VALUES ($1, now() + interval '1 day') RETURNING id",
      [ids[who]],
    )
  )[0]!.id;
const makeToken = async ({ product, ids }: World, who: PersonaName) =>
  (
    await product.query<{ id: string }>(
      "INSERT INTO tokens (user_id, kind, hash, expires_at) VALUES ($1, 'access', $2, now() + interval '1 day') RETURNING id",
      [ids[who], createHash("sha256").update(randomBytes(32)).digest()],
    )
  )[0]!.id;
/** Somebody who asks nothing here. */
const another: PersonaName = "suspended, token";
const own = (make: typeof makeSession) => ({
  "one's own": make,
  "somebody's": (world: World) => make(world, another),
});
const endsOwn = (_: PersonaName, state: string) => (state === "one's own" ? 204 : "unseen");

export const otherOperations: OtherOperation[] = [
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
  {
    ...{ route: "POST /api/v1/auth/password-reset", isForAll: true, answers: () => 202 },
    parts: () => ({ body: { email: `${randomUUID()}@example.org` } }),
  },
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
  ...["/me", "/me/quota", "/me/closing", "/me/sessions", "/me/tokens", "/settings"].map(
    (path): OtherOperation => ({
      route: `GET /api/v1${path}`,
      answers: everybody,
    }),
  ),
  { route: "PATCH /api/v1/settings", answers: everybody, parts: () => ({ body: { language: "en" } }) },
  {
    ...{ route: "POST /api/v1/me/tokens", answers: (who) => (isSigned(who, "session") ? 201 : 403) },
    parts: () => ({ body: { name: "Another" } }),
  },
  { route: "DELETE /api/v1/me/tokens/{id}", states: own(makeToken), answers: endsOwn, unseen: () => 404 },
  { route: "DELETE /api/v1/me/sessions/{id}", states: own(makeSession), answers: endsOwn, unseen: () => 404 },
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
  // --- lists of what may be seen (what is in them is looked at beside this)
  { route: "GET /api/v1/collections", answers: everybody },
  { route: "GET /api/v1/documents", answers: everybody },
  {
    ...{ route: "POST /api/v1/collections", answers: (who) => (isGuest(who) ? 403 : 201) },
    parts: () => ({ body: { name: "Of their own" } }),
  },
  // --- groups
  { route: "GET /api/v1/groups", answers: membersOnly },
  // guests are told that they are guests
  {
    route: "POST /api/v1/groups",
    answers: adminsOnly(201).answers,
    parts: () => ({ body: { name: randomUUID() } }),
  },
  ...["", "/members", "/nested", "/reach"].map((path) => groupOperation(`GET ${group}${path}`, looksAtGroup)),
  groupOperation(`PATCH ${group}`, changesGroup(), () => ({ description: "Changed" })),
  // ending what has ended is harmless
  groupOperation(`DELETE ${group}`, (who, state) =>
    isAdmin(who) && state === "deleted" ? 204 : changesGroup(204)(who, state),
  ),
  ...["POST", "DELETE"].map((method) =>
    groupOperation(`${method} ${group}/members`, changesGroup(), ({ ids }) => ({ userIds: [ids.colleague] })),
  ),
  groupOperation(`POST ${group}/nested`, changesGroup(204), ({ groups }) => ({ groupId: groups.viewers })),
  groupOperation(`DELETE ${group}/nested/{childId}`, changesGroup(204)),
  // --- roles
  { route: "GET /api/v1/roles", answers: everybody },
  {
    ...{ route: "POST /api/v1/roles", ...adminsOnly(201) },
    parts: () => ({ body: { name: randomUUID(), permissions: ["view_documents"] } }),
  },
  adminsOf(`PATCH ${role}`, 200, roleStates, { description: "Changed" }),
  adminsOf(`DELETE ${role}`, 200, roleStates),
  // --- the workspace and its people
  { route: `PATCH ${workspace}`, ...adminsOnly(), parts: () => ({ body: { name: "Home" } }) },
  { route: `GET ${workspace}/outsiders`, ...adminsOnly() },
  { route: `GET ${workspace}/members`, answers: membersOnly },
  { route: "GET /api/v1/subjects", answers: membersOnly, parts: () => ({ query: "?q=some" }) },
  adminsOf(`PATCH ${workspace}/members/{id}`, 200, memberStates, { isSuspended: true }),
  adminsOf(`DELETE ${workspace}/members/{id}`, 204, memberStates),
  {
    ...{ route: `GET ${workspace}/members/{id}/removal`, unseen: () => 404 },
    states: { ...memberStates, oneself: async ({ ids }, who) => ids[who] },
    answers: (who, state) =>
      (isAdmin(who) && state === "live") || (state === "oneself" && !isGuest(who)) ? 200 : "unseen",
  },
  { route: `GET ${workspace}/invitations`, ...adminsOnly() },
  {
    ...{ route: `POST ${workspace}/invitations`, ...adminsOnly(201) },
    parts: () => ({ body: { emails: [someAddress()], role: "member" } }),
  },
  adminsOf(`DELETE ${workspace}/invitations/{id}`, 204, invitationStates),
  adminsOf(`POST ${workspace}/invitations/{id}/renew`, 204, invitationStates),
  { route: "GET /api/v1/me/workspace-invitations", answers: everybody },
  {
    // nobody here is alone in their workspace, which would have to come along
    ...{ route: "POST /api/v1/me/workspace-invitations/{id}/accept", states: offerStates, unseen: () => 404 },
    answers: (_, state) => (state === "one's own" ? 409 : "unseen"),
  },
  {
    ...{
      route: "POST /api/v1/me/workspace-invitations/{id}/decline",
      states: offerStates,
      unseen: () => 404,
    },
    answers: endsOwn,
  },
];

/** Pages and calls that are no part of the described API, and what everybody gets alike. */
export const publicRoutes: Record<string, { path: string; status: number; body?: unknown }[]> = {
  "GET /api/health/live": [{ path: "/api/health/live", status: 200 }],
  "GET /api/health/ready": [{ path: "/api/health/ready", status: 200 }],
  "GET /api/v1/openapi.json": [{ path: "/api/v1/openapi.json", status: 200 }],
  "GET /api/auth/[...nextauth]": [
    { path: "/api/auth/providers", status: 200 },
    { path: "/api/auth/nothing", status: 404 },
  ],
  // without its form's secret a sign-out is nobody's wish
  "POST /api/auth/[...nextauth]": [{ path: "/api/auth/signout", status: 302, body: {} }],
  "GET /api/inngest": [{ path: "/api/inngest", status: 401 }],
  "POST /api/inngest": [
    { path: "/api/inngest?fnId=sheaf-process-document&stepId=step", status: 401, body: {} },
  ],
  "PUT /api/inngest": [{ path: "/api/inngest", status: 404, body: {} }],
  ...Object.fromEntries(
    ["GET", "POST", "PATCH", "PUT", "DELETE"].map((method) => [
      `${method} /api/v1/[...path]`,
      [{ path: "/api/v1/nothing/here", status: 404 }],
    ]),
  ),
};

/** What each asker is to get of an operation. */
export const answerOf = (operation: OtherOperation, who: PersonaName, state: string): number | "unseen" =>
  isSomebody(who) || operation.isForAll ? operation.answers(who, state) : 401;
