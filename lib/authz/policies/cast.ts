import { randomBytes } from "node:crypto";
import type pg from "pg";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { type Actor, type VisitorActor } from "#lib/authz/actor.ts";
import { beginAs } from "#lib/db/context.ts";
import { planned } from "#lib/db/testing/planned.ts";

/** Test fixture: one collection with documents of every kind, and everybody who may come to it. */

export const contexts = [
  "owner", "editor", "commenter", "viewer", "guest", "manager", "outsider", "elsewhereAdmin", "suspended",
  "linkViewer", "linkCommenter", "documentVisitor", "suspendedLink", "revokedLink", "expiredLink",
  "everyone", "nobody", "system",
] as const; // prettier-ignore
export type ContextName = (typeof contexts)[number];

/**
 * `own`, `linked` and `trashed` are the owner's, `editors`, `secret` and `pending` the editor's; the commenter is editor
 * of `invited` (the owner's) alone, the manager has every right on `linked` alone.
 */
export const documentNames = ["own", "editors", "secret", "invited", "linked", "trashed", "pending"] as const;
export type DocumentName = (typeof documentNames)[number];

const roles = {
  owner: "00000000-0000-7000-8000-000000000001",
  editor: "00000000-0000-7000-8000-000000000002",
  commenter: "00000000-0000-7000-8000-000000000003",
  viewer: "00000000-0000-7000-8000-000000000004",
};

export interface Cast {
  collectionId: string;
  workspaceId: string;
  documents: Record<DocumentName, string>;
  actors: Record<ContextName, Actor | null>;
  people: Record<
    "owner" | "editor" | "commenter" | "viewer" | "guest" | "manager" | "outsider" | "suspended",
    Person
  >;
  links: Record<
    "linkViewer" | "linkCommenter" | "documentVisitor" | "suspendedLink" | "revokedLink" | "expiredLink",
    VisitorActor
  >;
  /** Ids of the grants of people, by person, and of the two on documents. */
  grants: Record<string, string>;
}

/** Makes a row past all rules; returns its id. */
async function insert(table: string, row: Record<string, unknown>): Promise<string> {
  const columns = Object.keys(row);
  const [made] = await asOwner<{ id: string }>(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((_, at) => `$${at + 1}`).join(", ")}) RETURNING id`,
    Object.values(row),
  );
  return made!.id;
}

/** A stored document: who sees it does not depend on its bytes. */
async function insertDocument(ownerId: string, collectionId: string, mode = "collection"): Promise<string> {
  const sha256 = randomBytes(32);
  const key = randomBytes(12).toString("hex");
  const objectId = await insert("objects", { owner_id: ownerId, key, state: "stored" });
  const stored = { owner_id: ownerId, sha256, size_bytes: 1 };
  return insert("documents", {
    ...stored,
    collection_id: collectionId,
    name: "page.txt",
    content_type: "text/plain",
    status: "ready",
    blob_id: await insert("blobs", { ...stored, object_id: objectId, refs: 1 }),
    access_mode: mode,
  });
}

export async function makeCast(): Promise<Cast> {
  const owner = await makePerson();
  const { workspaceId } = owner;
  const member = () => makePerson({ workspaceId });
  const [editor, commenter, viewer, manager, suspended] = [
    await member(),
    await member(),
    await member(),
    await member(),
    await member(),
  ];
  const guest = await makePerson({ workspaceId, role: "guest" });
  const outsider = await member();
  const elsewhereAdmin = await makePerson({ role: "admin" });
  const collectionId = await insert("collections", {
    workspace_id: workspaceId,
    owner_id: owner.id,
    name: "Papers",
  });
  const documents = {
    own: await insertDocument(owner.id, collectionId),
    editors: await insertDocument(editor.id, collectionId),
    secret: await insertDocument(editor.id, collectionId, "private"),
    invited: await insertDocument(owner.id, collectionId, "invite"),
    linked: await insertDocument(owner.id, collectionId, "link"),
    trashed: await insertDocument(owner.id, collectionId),
    pending: await insertDocument(editor.id, collectionId),
  };
  await asOwner("UPDATE documents SET deleted_at = now() WHERE id = $1", [documents.trashed]);
  await asOwner("UPDATE documents SET status = 'pending', blob_id = NULL WHERE id = $1", [documents.pending]);

  const grants: Record<string, string> = {
    commenterOnInvited: await insert("permissions", {
      user_id: commenter.id,
      document_id: documents.invited,
      role_id: roles.editor,
    }),
    managerOnLinked: await insert("permissions", {
      user_id: manager.id,
      document_id: documents.linked,
      role_id: roles.owner,
    }),
  };
  for (const [name, person, roleId] of [
    ["owner", owner, roles.owner],
    ["editor", editor, roles.editor],
    ["commenter", commenter, roles.commenter],
    ["viewer", viewer, roles.viewer],
    ["guest", guest, roles.commenter],
    ["suspended", suspended, roles.editor],
  ] as const)
    grants[name] = await insert("permissions", {
      user_id: person.id,
      collection_id: collectionId,
      role_id: roleId,
    });
  await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [suspended.id]);

  const link = async (
    roleId: string,
    documentId: string | null,
    rest: { expires_at?: Date; revoked_at?: Date } = {},
  ): Promise<VisitorActor> => ({
    kind: "visitor",
    linkId: await insert("public_links", {
      collection_id: documentId === null ? collectionId : null,
      document_id: documentId,
      role_id: roleId,
      token_hash: randomBytes(32),
      token_sealed: randomBytes(32),
      created_by_id: owner.id,
      ...rest,
    }),
  });
  const links = {
    linkViewer: await link(roles.viewer, null),
    linkCommenter: await link(roles.commenter, null),
    documentVisitor: await link(roles.commenter, documents.linked),
    suspendedLink: await link(roles.commenter, documents.own),
    revokedLink: await link(roles.commenter, null, { revoked_at: new Date() }),
    expiredLink: await link(roles.commenter, null, { expires_at: new Date(Date.now() - 60_000) }),
  };
  const people = { owner, editor, commenter, viewer, guest, manager, outsider, suspended };
  return {
    collectionId,
    workspaceId,
    documents,
    people,
    links,
    grants,
    actors: {
      ...people,
      ...links,
      elsewhereAdmin,
      everyone: { kind: "everyone" },
      nobody: null,
      system: { kind: "system" },
    },
  };
}

/** What a statement did: the number of rows, or the state it was refused with. Nothing is kept. */
export type Asked = (actor: Actor | null, text: string, values?: unknown[]) => Promise<number | string>;

/** Asks as the application's own role, with nothing but the policies in the way. */
export function asker(client: pg.Client): Asked {
  return async (actor, text, values = []) => {
    await client.query(actor ? beginAs(actor) : "BEGIN");
    try {
      return (await client.query(planned(text, values))).rowCount ?? 0;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await client.query("ROLLBACK");
    }
  };
}
