import pg from "pg";
import { asOwner, makePerson, missingId, type Person } from "#prisma/factories.ts";
import { type Actor, type VisitorActor } from "#lib/authz/actor.ts";
import { beginAs } from "#lib/db/context.ts";
import { makeDocumentRow, putGrant } from "#lib/sharing/test-support.ts";

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
  const [made] = await asOwner<{ id: string }>(
    "INSERT INTO collections (workspace_id, owner_id, name) VALUES ($1, $2, 'Papers') RETURNING id",
    [workspaceId, owner.id],
  );
  const collectionId = made!.id;
  const documents = {
    own: await makeDocumentRow(owner.id, collectionId),
    editors: await makeDocumentRow(editor.id, collectionId),
    secret: await makeDocumentRow(editor.id, collectionId, "private"),
    invited: await makeDocumentRow(owner.id, collectionId, "invite"),
    linked: await makeDocumentRow(owner.id, collectionId, "link"),
    trashed: await makeDocumentRow(owner.id, collectionId),
    pending: await makeDocumentRow(editor.id, collectionId),
  };
  await asOwner("UPDATE documents SET deleted_at = now() WHERE id = $1", [documents.trashed]);
  await asOwner("UPDATE documents SET status = 'pending', blob_id = NULL WHERE id = $1", [documents.pending]);

  const grants: Record<string, string> = {
    commenterOnInvited: await putGrant({
      userId: commenter.id,
      documentId: documents.invited,
      roleId: roles.editor,
    }),
    managerOnLinked: await putGrant({
      userId: manager.id,
      documentId: documents.linked,
      roleId: roles.owner,
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
    grants[name] = await putGrant({ userId: person.id, collectionId, roleId });
  await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [suspended.id]);

  const link = async (
    roleId: string,
    documentId: string | null,
    rest = "NULL, NULL",
  ): Promise<VisitorActor> => {
    const [row] = await asOwner<{ id: string }>(
      `INSERT INTO public_links (collection_id, document_id, role_id, token_hash, token_sealed, created_by_id, expires_at, revoked_at)
       VALUES ($1, $2, $3, sha256(uuidv7()::text::bytea), '', $4, ${rest}) RETURNING id`,
      [documentId === null ? collectionId : null, documentId, roleId, owner.id],
    );
    return { kind: "visitor", linkId: row!.id };
  };
  const links = {
    linkViewer: await link(roles.viewer, null),
    linkCommenter: await link(roles.commenter, null),
    documentVisitor: await link(roles.commenter, documents.linked),
    suspendedLink: await link(roles.commenter, documents.own),
    revokedLink: await link(roles.commenter, null, "NULL, now()"),
    expiredLink: await link(roles.commenter, null, "now() - interval '1 minute', NULL"),
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
      return (await client.query(text, values)).rowCount ?? 0;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await client.query("ROLLBACK");
    }
  };
}

export { missingId };
