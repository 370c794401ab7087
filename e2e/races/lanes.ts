import { createHash, randomBytes, randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import type { Product } from "../support/product.ts";
import type { Ask, Reply } from "../support/wire.ts";
import type { Random } from "./random.ts";

/** One reader and one document in a collection of its own: the only way from one to the other is what is taken away. */
export interface Lane {
  kind: Kind;
  random: Random;
  team: Team;
  reader: Reader;
  collectionId: string;
  documentId: string;
  /** What the last opening made, for closing. */
  grantId: string;
  groupId: string;
  innerGroupId: string;
  roleId: string;
  /** The newest version of the document that was heard of. */
  version: number;
  /** Whom the reader shares the collection with, as long as they may. */
  friend: string;
  /** When the way in closes by itself. */
  endsAt?: number;
}

interface Reader {
  id: string;
  email: string;
  /** What their reads carry now. */
  headers: Record<string, string>;
  /** What they take their sessions and tokens away with. */
  otherHeaders: Record<string, string>;
  sessionId: string;
  tokenId: string;
}

export interface Team {
  product: Product;
  authSecret: string;
  workspaceId: string;
  ownerId: string;
  viewerRoleId: string;
  headers: Record<string, string>;
  /** One call, by any connection. */
  ask(ask: Ask): Promise<Reply>;
}

/** A way in: given and taken away by calls, and what that decides about. */
export interface Way {
  prepare?(team: Team, lane: Lane): Promise<void>;
  open(team: Team, lane: Lane): Promise<void>;
  /** Resolves when nobody may be let in any more. */
  close(team: Team, lane: Lane): Promise<void>;
  /** Whether the collection itself goes with it, or its document alone. */
  reaches: "collection" | "document";
  /** What goes where seeing stays. */
  takes?: "editing" | "managing";
}

async function call(team: Team, method: string, path: string, body?: unknown, headers = team.headers) {
  const reply = await team.ask({ method, path: `/api/v1${path}`, headers, body });
  if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status}: ${reply.body}`);
  return (reply.body ? JSON.parse(reply.body) : null) as { id: string; token?: string };
}

const pathOf = (of: "collection" | "document", { collectionId, documentId }: Lane) =>
  of === "collection" ? `/collections/${collectionId}` : `/documents/${documentId}`;
const giveOn =
  (of: "collection" | "document") =>
  async (team: Team, lane: Lane): Promise<void> => {
    const given = { email: lane.reader.email, role: "viewer" };
    lane.grantId = (await call(team, "POST", `${pathOf(of, lane)}/collaborators`, given)).id;
  };
const giveRole =
  (of: "collection" | "document", role: string) =>
  async (team: Team, lane: Lane): Promise<void> =>
    void (await call(team, "PATCH", `${pathOf(of, lane)}/collaborators/${lane.grantId}`, { role }));
const makeRole = async (team: Team, permissions: string[]) =>
  (await call(team, "POST", "/roles", { name: randomUUID(), permissions })).id;
const setRole = async (team: Team, { roleId }: Lane, permissions: string[]) =>
  void (await call(team, "PATCH", `/roles/${roleId}`, { permissions }));
const giveCustomRole = async (team: Team, { collectionId, grantId, roleId }: Lane) =>
  void (await call(team, "PATCH", `/collections/${collectionId}/collaborators/${grantId}`, { roleId }));
const editing = ["view_documents", "edit_documents"];
/** Into the workspace again, as after an invitation's letter, and into the collection. */
const comeBack = async (team: Team, lane: Lane): Promise<void> => {
  const [invitation] = await team.product.query<{ id: string }>(
    `INSERT INTO workspace_invitations (workspace_id, email, email_normalized, role, expires_at)
     VALUES ($1, $2, $2, 'member', now() + interval '1 hour') RETURNING id`,
    [team.workspaceId, lane.reader.email],
  );
  const path = `/me/workspace-invitations/${invitation!.id}/accept`;
  await call(team, "POST", path, undefined, lane.reader.headers);
  await give(team, lane);
};
const takeOut = async (team: Team, { reader }: Lane) =>
  void (await call(team, "DELETE", `/workspace/members/${reader.id}`));
const give = giveOn("collection");
const takeBack = async (team: Team, { collectionId, grantId }: Lane) =>
  void (await call(team, "DELETE", `/collections/${collectionId}/collaborators/${grantId}`));
const makeGroup = async (team: Team) => (await call(team, "POST", "/groups", { name: randomUUID() })).id;
const giveToGroup = async (team: Team, { collectionId, groupId }: Lane) =>
  void (await call(team, "POST", `/collections/${collectionId}/collaborators`, { groupId, role: "viewer" }));
const join = async (team: Team, groupId: string, { reader }: Lane) =>
  void (await call(team, "POST", `/groups/${groupId}/members`, { userIds: [reader.id] }));
const setMode = async (team: Team, { documentId }: Lane, mode: string) =>
  void (await call(team, "PUT", `/documents/${documentId}/access-mode`, { mode }));
const setVisibility = async (team: Team, { collectionId }: Lane, visibility: string) =>
  void (await call(team, "PUT", `/collections/${collectionId}/visibility`, { visibility }));

export const ways = {
  "grant on the collection": { reaches: "collection", open: give, close: takeBack },
  "grant on the document": {
    reaches: "document",
    prepare: (team, lane) => setMode(team, lane, "invite"),
    open: giveOn("document"),
    close: async (team, { documentId, grantId }) =>
      void (await call(team, "DELETE", `/documents/${documentId}/collaborators/${grantId}`)),
  },
  "leaving a collection": {
    reaches: "collection",
    open: give,
    close: async (team, { collectionId, grantId, reader }) =>
      void (await call(
        team,
        "DELETE",
        `/collections/${collectionId}/collaborators/${grantId}`,
        undefined,
        reader.headers,
      )),
  },
  "removal from the workspace": {
    reaches: "collection",
    prepare: takeOut,
    open: comeBack,
    close: takeOut,
  },
  "leaving the workspace": {
    reaches: "collection",
    prepare: takeOut,
    open: comeBack,
    close: async (team, { reader }) =>
      void (await call(team, "DELETE", `/workspace/members/${reader.id}`, undefined, reader.headers)),
  },
  "demotion on the collection": {
    ...{ reaches: "collection", takes: "editing", prepare: give },
    open: giveRole("collection", "editor"),
    close: giveRole("collection", "commenter"),
  },
  "demotion on the document": {
    ...{ reaches: "document", takes: "editing" },
    prepare: async (team, lane) => {
      await setMode(team, lane, "invite");
      await giveOn("document")(team, lane);
    },
    open: giveRole("document", "editor"),
    close: giveRole("document", "viewer"),
  },
  "demotion of a manager": {
    ...{ reaches: "collection", takes: "managing", prepare: give },
    open: giveRole("collection", "owner"),
    close: giveRole("collection", "editor"),
  },
  "role made less": {
    ...{ reaches: "collection", takes: "editing" },
    async prepare(team, lane) {
      await give(team, lane);
      lane.roleId = await makeRole(team, ["view_documents"]);
      await giveCustomRole(team, lane);
    },
    open: (team, lane) => setRole(team, lane, editing),
    close: (team, lane) => setRole(team, lane, ["view_documents"]),
  },
  "role deleted": {
    ...{ reaches: "collection", takes: "editing", prepare: give },
    async open(team, lane) {
      lane.roleId = await makeRole(team, editing);
      await giveCustomRole(team, lane);
    },
    close: async (team, { roleId }) =>
      void (await call(team, "DELETE", `/roles/${roleId}?moveTo=${team.viewerRoleId}`)),
  },
  "end of a grant": {
    reaches: "collection",
    async open(team, lane) {
      const path = `/api/v1/collections/${lane.collectionId}/collaborators`;
      // one that has passed when it arrives is refused: a busy machine gets more time
      for (let ms = 400; ; ms *= 2) {
        lane.endsAt = Date.now() + ms;
        const body = {
          email: lane.reader.email,
          role: "viewer",
          expiresAt: new Date(lane.endsAt).toISOString(),
        };
        const reply = await team.ask({ method: "POST", path, headers: team.headers, body });
        if (reply.status === 201) return;
        if (reply.status !== 422) throw new Error(`${path} answered ${reply.status}: ${reply.body}`);
      }
    },
    // times are kept in milliseconds
    close: (_, { endsAt = 0 }) => later(endsAt + 2 - Date.now()),
  },
  "membership in a group": {
    reaches: "collection",
    async prepare(team, lane) {
      lane.groupId = await makeGroup(team);
      await giveToGroup(team, lane);
    },
    open: (team, lane) => join(team, lane.groupId, lane),
    close: async (team, { groupId, reader }) =>
      void (await call(team, "DELETE", `/groups/${groupId}/members`, { userIds: [reader.id] })),
  },
  "nesting of a group": {
    reaches: "collection",
    async prepare(team, lane) {
      lane.groupId = await makeGroup(team);
      lane.innerGroupId = await makeGroup(team);
      await giveToGroup(team, lane);
      await join(team, lane.innerGroupId, lane);
    },
    open: async (team, { groupId, innerGroupId }) =>
      void (await call(team, "POST", `/groups/${groupId}/nested`, { groupId: innerGroupId })),
    close: async (team, { groupId, innerGroupId }) =>
      void (await call(team, "DELETE", `/groups/${groupId}/nested/${innerGroupId}`)),
  },
  "group itself": {
    reaches: "collection",
    async open(team, lane) {
      lane.groupId = await makeGroup(team);
      await giveToGroup(team, lane);
      await join(team, lane.groupId, lane);
    },
    close: async (team, { groupId }) => void (await call(team, "DELETE", `/groups/${groupId}`)),
  },
  visibility: {
    reaches: "collection",
    open: (team, lane) => setVisibility(team, lane, "workspace"),
    close: (team, lane) => setVisibility(team, lane, "private"),
  },
  "access mode": {
    reaches: "document",
    prepare: async (team, lane) => {
      await give(team, lane);
      await setMode(team, lane, "private");
    },
    open: (team, lane) => setMode(team, lane, "collection"),
    close: (team, lane) => setMode(team, lane, "private"),
  },
  suspension: {
    reaches: "collection",
    async prepare(team, lane) {
      await give(team, lane);
      await suspend(team, lane, true);
    },
    open: (team, lane) => suspend(team, lane, false),
    close: (team, lane) => suspend(team, lane, true),
  },
  session: {
    reaches: "collection",
    prepare: giveBesideSession,
    async open(team, { reader }) {
      reader.sessionId = await openSession(team, reader.id);
      reader.headers = await cookieOf(team, reader);
    },
    close: async (team, { reader }) =>
      void (await call(team, "DELETE", `/me/sessions/${reader.sessionId}`, undefined, reader.otherHeaders)),
  },
  "access token": {
    reaches: "collection",
    prepare: giveBesideSession,
    async open(team, { reader }) {
      const made = await call(
        team,
        "POST",
        "/me/tokens",
        { name: "Script", scope: "write" },
        reader.otherHeaders,
      );
      reader.tokenId = made.id;
      reader.headers = { authorization: `Bearer ${made.token}` };
    },
    close: async (team, { reader }) =>
      void (await call(team, "DELETE", `/me/tokens/${reader.tokenId}`, undefined, reader.otherHeaders)),
  },
  "document in the trash": {
    reaches: "document",
    async prepare(team, lane) {
      await give(team, lane);
      await call(team, "DELETE", `/documents/${lane.documentId}`);
    },
    open: async (team, { documentId }) => void (await call(team, "POST", `/documents/${documentId}/restore`)),
    close: async (team, { documentId }) => void (await call(team, "DELETE", `/documents/${documentId}`)),
  },
  "collection in the trash": {
    reaches: "collection",
    async prepare(team, lane) {
      await give(team, lane);
      await call(team, "DELETE", `/collections/${lane.collectionId}`);
    },
    open: async (team, { collectionId }) =>
      void (await call(team, "POST", `/collections/${collectionId}/restore`)),
    close: async (team, { collectionId }) =>
      void (await call(team, "DELETE", `/collections/${collectionId}`)),
  },
} satisfies Record<string, Way>;
export type Kind = keyof typeof ways;
export const wayOf = (kind: Kind): Way => ways[kind];

const suspend = async (team: Team, { reader }: Lane, isSuspended: boolean) =>
  void (await call(team, "PATCH", `/workspace/members/${reader.id}`, { isSuspended }));

/** Gives it to somebody who is signed in elsewhere as well: only from there sessions and tokens are ended. */
async function giveBesideSession(team: Team, lane: Lane): Promise<void> {
  await give(team, lane);
  const sessionId = await openSession(team, lane.reader.id);
  lane.reader.otherHeaders = await cookieOf(team, { ...lane.reader, sessionId });
}

async function openSession({ product }: Team, userId: string): Promise<string> {
  const [row] = await product.query<{ id: string }>(
    "INSERT INTO sessions (user_id, expires_at) VALUES ($1, now() + interval '1 day') RETURNING id",
    [userId],
  );
  return row!.id;
}

async function cookieOf(
  { product, authSecret }: Team,
  { id, sessionId }: Reader,
): Promise<Record<string, string>> {
  const token = await encode({ token: { sub: id, sessionId }, secret: authSecret });
  return { cookie: `next-auth.session-token=${token}`, origin: product.url };
}

/** What a script of the person's carries. */
export async function tokenFor(product: Product, userId: string): Promise<Record<string, string>> {
  const secret = `sheaf_${randomBytes(32).toString("base64url")}`;
  await product.query(
    "INSERT INTO tokens (user_id, kind, scope, name, hash, expires_at) VALUES ($1, 'access', 'admin', 'Script', $2, now() + interval '1 day')",
    [userId, createHash("sha256").update(secret).digest()],
  );
  return { authorization: `Bearer ${secret}` };
}

/** Somebody of the workspace, whose name and address nobody else has. */
export async function makePerson(product: Product, workspaceId: string, role = "member") {
  const email = `${randomUUID()}@example.org`;
  const [row] = await product.query<{ id: string }>(
    `INSERT INTO users (workspace_id, workspace_role, email, email_normalized, name, email_verified_at)
     VALUES ($1, $2, $3, $3, 'Somebody', now()) RETURNING id`,
    [workspaceId, role, email],
  );
  return { id: row!.id, email };
}

/** A lane whose way in is closed. */
export async function makeLane(team: Team, kind: Kind, random: Random): Promise<Lane> {
  const { product, workspaceId, ownerId } = team;
  const person = await makePerson(product, workspaceId);
  const headers = await tokenFor(product, person.id);
  const { id: collectionId } = await call(team, "POST", "/collections", { name: kind });
  const [document] = await product.query<{ id: string }>(
    `WITH object AS (INSERT INTO objects (owner_id, key, state) VALUES ($1, $2, 'stored') RETURNING id),
     blob AS (INSERT INTO blobs (owner_id, sha256, size_bytes, object_id, refs) SELECT $1, $3, 7, id, 1 FROM object RETURNING id)
     INSERT INTO documents (collection_id, owner_id, name, content_type, size_bytes, sha256, status, blob_id)
     SELECT $4, $1, 'Letter.txt', 'text/plain', 7, $3, 'ready', id FROM blob RETURNING id`,
    [ownerId, `${ownerId}/${randomUUID()}/${randomUUID()}.txt`, randomBytes(32), collectionId],
  );
  const reader = { ...person, headers, otherHeaders: headers, sessionId: "", tokenId: "" };
  const lane: Lane = {
    ...{ kind, random, team, reader, collectionId, documentId: document!.id },
    ...{ grantId: "", groupId: "", innerGroupId: "", roleId: "" },
    ...{ version: 1, friend: `${randomUUID()}@example.org` },
  };
  await wayOf(kind).prepare?.(team, lane);
  return lane;
}

/** Resolves after some milliseconds, at once for none: when something happens is what these runs are about. */
export const later = (ms: number): Promise<void> =>
  ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
