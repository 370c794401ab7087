import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Pattern } from "./pattern.ts";
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
   * What may be asked about, by its state: an id made for each asker, or the ids of both that the path names. None where
   * the route has no id.
   */
  states?: Record<string, (world: World, who: PersonaName) => Promise<string | Nested>>;
  /** The answer's status, or `unseen`: the same as for what is not there. */
  answers: (who: PersonaName, state: string) => number | "unseen";
  /** How what is not there is answered. */
  unseen?: (who: PersonaName) => number;
  /** Part of every refusal with 403: why. */
  says?: string | ((who: PersonaName, state: string) => string);
  /** What stands in the answer of one that is done. */
  tells?: (world: World, who: PersonaName, id: string) => Pattern;
  parts?: (world: World, who: PersonaName) => { query?: string; body?: unknown };
}

export interface Nested {
  id: string;
  childId: string;
}

const of = (who: PersonaName): Persona => personas[who];
const isAdmin = (who: PersonaName) => of(who).is === "workspace admin";
const isGuest = (who: PersonaName) => of(who).is === "guest";
const isSigned = (who: PersonaName, by: "session" | "token") => of(who).comes === `by ${by}`;

const everybody = () => 200;
const membersOnly = (who: PersonaName) => (isGuest(who) ? 403 : 200);
const ADMINS_ONLY = "Only administrators of your workspace can do this. Ask one of them.";
const NO_SUCH_GROUP = "This group does not exist, or it is not in your workspace.";
const rowId = async ({ product }: World, insert: string, values: unknown[]): Promise<string> =>
  (await product.query<{ id: string }>(`${insert} RETURNING id`, values))[0]!.id;
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
): OtherOperation => ({
  ...{ route, answers, states: groupStates },
  says: (who, state) => (seesGroup(who, state) ? ADMINS_ONLY : NO_SUCH_GROUP),
  ...(body && { parts: (world: World) => ({ body: body(world) }) }),
});
const idOnly = (_: World, __: PersonaName, id: string): Pattern => ({ id });
const changesMembers = (
  as: string,
  method: "POST" | "DELETE",
  userId: (world: World) => string,
  told: (id: string) => Pattern,
): OtherOperation => ({
  ...groupOperation(`${method} ${group}/members`, changesGroup(), (world) => ({ userIds: [userId(world)] })),
  ...{ as, tells: (world) => told(userId(world)) },
});
const changed = (id: string): Pattern => ({ changed: [id], unchanged: [], refused: [] });
const unchanged = (id: string): Pattern => ({ changed: [], unchanged: [id], refused: [] });
const refused = (id: string): Pattern => ({
  changed: [],
  unchanged: [],
  refused: [{ value: id, reason: "unknown" }],
});
/** A group in which there is another, which is what the path names second. */
const nesting =
  ({ isNested = true, isDeleted = false } = {}) =>
  async ({ product, workspaces }: World): Promise<Nested> => {
    const id = await makeGroup(product, workspaces.home);
    const childId = await makeGroup(product, workspaces.home, { isDeleted });
    if (isNested)
      await product.query("INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2)", [id, childId]);
    return { id, childId };
  };

// --- roles --------------------------------------------------------------------------------------------------------
const role = "/api/v1/roles/{id}";
const makeRole = (world: World, where: keyof World["workspaces"], ended = false) =>
  rowId(
    world,
    "INSERT INTO roles (workspace_id, name, mask, deleted_at) VALUES ($1, $2, 1, CASE WHEN $3 THEN now() END)",
    [world.workspaces[where], randomUUID(), ended],
  );
const roleStates = {
  // a workspace has few roles of its own: whoever may do nothing with one may do nothing with this
  live: (world: World, who: PersonaName) =>
    isAdmin(who) ? makeRole(world, "home") : Promise.resolve(world.roleIds.curator),
  "of another workspace": (world: World) => makeRole(world, "away"),
  deleted: (world: World) => makeRole(world, "home", true),
  "built in": async ({ roleIds }: World) => roleIds.viewer,
};

// --- the workspace ------------------------------------------------------------------------------------------------
const workspace = "/api/v1/workspace";
const makeMember = (world: World, where: keyof World["workspaces"], isSuspended = false) =>
  rowId(
    world,
    `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at, suspended_at)
     SELECT $1, a, a, 'Somebody', now(), CASE WHEN $2 THEN now() END FROM concat(gen_random_uuid(), '@example.org') a`,
    [world.workspaces[where], isSuspended],
  );
const memberStates = {
  live: (world: World) => makeMember(world, "home"),
  suspended: (world: World) => makeMember(world, "home", true),
  "of another workspace": (world: World) => makeMember(world, "away"),
};
const endings = ["expired", "declined", "accepted", "taken back"] as const;
type Ending = (typeof endings)[number];
const makeInvitation = (world: World, workspaceId: string, email: string, ending?: Ending) =>
  rowId(
    world,
    `INSERT INTO workspace_invitations (workspace_id, email, email_normalized, role, created_at, expires_at, declined_at, accepted_at, deleted_at)
     VALUES ($1, $2, $2, 'member', now() - interval '2 days', now() + CASE $3 WHEN 'expired' THEN -1 ELSE 1 END * interval '1 day',
       CASE $3 WHEN 'declined' THEN now() END, CASE $3 WHEN 'accepted' THEN now() END, CASE $3 WHEN 'taken back' THEN now() END)`,
    [workspaceId, email, ending ?? "live"],
  );
const someAddress = () => `${randomUUID()}@example.org`;
const ofEndings = <Make>(make: (ending: Ending) => Make) =>
  Object.fromEntries(endings.map((ending) => [ending, make(ending)])) as Record<Ending, Make>;
const invitationStates = {
  live: (world: World) => makeInvitation(world, world.workspaces.home, someAddress()),
  "of another workspace": (world: World) => makeInvitation(world, world.workspaces.away, someAddress()),
  ...ofEndings(
    (ending) => (world: World) => makeInvitation(world, world.workspaces.home, someAddress(), ending),
  ),
};
/** From a workspace of its own, so that nobody is invited twice by one. */
const offerTo = async (world: World, email: string, ending?: Ending) => {
  const id = randomUUID();
  await world.product.query("INSERT INTO workspaces (id, name) VALUES ($1, 'Elsewhere')", [id]);
  return makeInvitation(world, id, email, ending);
};
const offerStates = {
  "one's own": (world: World, who: PersonaName) => offerTo(world, world.emails[who]),
  "somebody's": (world: World) => offerTo(world, someAddress()),
  ...ofEndings((ending) => (world: World, who: PersonaName) => offerTo(world, world.emails[who], ending)),
  "the way they came": (world: World, who: PersonaName) =>
    makeInvitation(world, world.workspaces[of(who).workspace], world.emails[who], "accepted"),
};
/** Others may not, whatever there is; admins may with what is of their workspace. */
const adminsOf = (
  route: string,
  done: Record<string, number>,
  states: OtherOperation["states"],
  { body, tells }: { body?: unknown; tells?: OtherOperation["tells"] } = {},
): OtherOperation => ({
  ...{ route, states, tells, answers: (who, state) => (isAdmin(who) && done[state]) || "unseen" },
  unseen: (who) => (isAdmin(who) ? 404 : 403),
  says: ADMINS_ONLY,
  ...(body !== undefined && { parts: () => ({ body }) }),
});

// --- one's own ----------------------------------------------------------------------------------------------------
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
    `INSERT INTO tokens (user_id, kind, expires_at, revoked_at, hash)
     VALUES ($1, 'access', ${lasts}, CASE $2 WHEN 'revoked' THEN now() END, $3)`,
    [world.ids[who], ended ?? "live", createHash("sha256").update(randomBytes(32)).digest()],
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
  {
    route: "GET /api/v1/me",
    answers: everybody,
    tells: ({ ids, emails }, who) => ({ id: ids[who], email: emails[who] }),
  },
  ...["/me/quota", "/me/closing", "/me/sessions", "/me/tokens", "/settings"].map((path): OtherOperation => ({
    route: `GET /api/v1${path}`,
    answers: everybody,
  })),
  { route: "PATCH /api/v1/settings", answers: everybody, parts: () => ({ body: { language: "en" } }) },
  {
    ...{ route: "POST /api/v1/me/tokens", answers: (who) => (isSigned(who, "session") ? 201 : 403) },
    parts: () => ({ body: { name: "Another" } }),
  },
  {
    ...{ route: "DELETE /api/v1/me/tokens/{id}", states: own(makeToken), unseen: () => 404 },
    // those that ran out stay in the list until they are taken off it
    answers: (who, state) => (state === "one's own, expired" ? 204 : endsOwn(who, state)),
  },
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
  { ...groupOperation(`GET ${group}`, looksAtGroup), tells: idOnly },
  ...["/members", "/nested", "/reach"].map((path): OtherOperation => ({
    ...groupOperation(`GET ${group}${path}`, looksAtGroup),
    tells: () => ({ items: [], nextCursor: null }),
  })),
  {
    ...groupOperation(`PATCH ${group}`, changesGroup(), () => ({ description: "Changed" })),
    tells: (_, __, id) => ({ id, description: "Changed" }),
  },
  // ending what has ended is harmless
  groupOperation(`DELETE ${group}`, (who, state) =>
    isAdmin(who) && state === "deleted" ? 204 : changesGroup(204)(who, state),
  ),
  changesMembers("somebody new", "POST", ({ ids }) => ids.colleague, changed),
  changesMembers("somebody suspended", "POST", ({ ids }) => ids["suspended, token"], changed),
  changesMembers("somebody of elsewhere", "POST", ({ ids }) => ids.outsider, refused),
  changesMembers("who is not in it", "DELETE", ({ ids }) => ids.colleague, unchanged),
  groupOperation(`POST ${group}/nested`, changesGroup(204), ({ groups }) => ({ groupId: groups.viewers })),
  ...(["deletedGroup", "groupElsewhere"] as const).map((child): OtherOperation => ({
    // what may not be seen can't be put anywhere either, and the answer does not say which of both is meant
    ...groupOperation(
      `POST ${group}/nested`,
      (who, state) => (seesGroup(who, state) && !isAdmin(who) ? 403 : "unseen"),
      (world) => ({ groupId: world[child] }),
    ),
    as: child === "deletedGroup" ? "a deleted group" : "a group of another workspace",
    says: (who, state) => (seesGroup(who, state) && !isAdmin(who) ? ADMINS_ONLY : NO_SUCH_GROUP),
  })),
  {
    ...groupOperation(`DELETE ${group}/nested/{childId}`, (who, state) =>
      changesGroup(204)(who, state.startsWith("with ") ? "live" : state),
    ),
    says: (who, state) =>
      seesGroup(who, state.startsWith("with ") ? "live" : state) ? ADMINS_ONLY : NO_SUCH_GROUP,
    states: {
      ...groupStates,
      "with the other in it": nesting(),
      "with the other not in it any more": nesting({ isNested: false }),
      "with the other in it, which is deleted": nesting({ isDeleted: true }),
    },
  },
  // --- roles
  { route: "GET /api/v1/roles", answers: everybody },
  {
    ...{ route: "POST /api/v1/roles", ...adminsOnly(201) },
    parts: () => ({ body: { name: randomUUID(), permissions: ["view_documents"] } }),
  },
  adminsOf(`PATCH ${role}`, { live: 200 }, roleStates, {
    body: { description: "Changed" },
    tells: (_, __, id) => ({ id, description: "Changed", permissions: ["view_documents"], isBuiltIn: false }),
  }),
  adminsOf(`DELETE ${role}`, { live: 200 }, roleStates, { tells: () => ({ moved: 0 }) }),
  // --- the workspace and its people
  {
    ...{ route: `PATCH ${workspace}`, ...adminsOnly(), parts: () => ({ body: { name: "Home" } }) },
    tells: ({ workspaces }) => ({ id: workspaces.home, name: "Home" }),
  },
  { route: `GET ${workspace}/outsiders`, ...adminsOnly() },
  { route: `GET ${workspace}/members`, answers: membersOnly },
  { route: "GET /api/v1/subjects", answers: membersOnly, parts: () => ({ query: "?q=some" }) },
  adminsOf(`PATCH ${workspace}/members/{id}`, { live: 200, suspended: 200 }, memberStates, {
    body: { isSuspended: true },
    tells: (_, __, id) => ({ id, isSuspended: true }),
  }),
  adminsOf(`DELETE ${workspace}/members/{id}`, { live: 204, suspended: 204 }, memberStates),
  {
    ...{ route: `GET ${workspace}/members/{id}/removal`, unseen: () => 404 },
    states: { ...memberStates, oneself: async ({ ids }, who) => ids[who] },
    answers: (who, state) =>
      (isAdmin(who) && (state === "live" || state === "suspended")) || (state === "oneself" && !isGuest(who))
        ? 200
        : "unseen",
  },
  { route: `GET ${workspace}/invitations`, ...adminsOnly() },
  {
    ...{ route: `POST ${workspace}/invitations`, ...adminsOnly(201) },
    parts: () => ({ body: { emails: [someAddress()], role: "member" } }),
  },
  // what was declined or has expired stays in their list until they take it off
  adminsOf(
    `DELETE ${workspace}/invitations/{id}`,
    { live: 204, expired: 204, declined: 204 },
    invitationStates,
  ),
  adminsOf(
    `POST ${workspace}/invitations/{id}/renew`,
    { live: 204, expired: 204, declined: 409 },
    invitationStates,
  ),
  { route: "GET /api/v1/me/workspace-invitations", answers: everybody },
  {
    // nobody here is alone in their workspace, which would have to come along
    ...{ route: "POST /api/v1/me/workspace-invitations/{id}/accept", states: offerStates, unseen: () => 404 },
    answers: (_, state) => ({ "one's own": 409, "the way they came": 204 })[state] ?? "unseen",
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

/** What each asker is to get of an operation. */
export const answerOf = (operation: OtherOperation, who: PersonaName, state: string): number | "unseen" =>
  isSomebody(who) || operation.isForAll ? operation.answers(who, state) : 401;
