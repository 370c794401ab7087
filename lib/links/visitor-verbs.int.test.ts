import { beforeAll, describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePerson } from "#prisma/factories.ts";
import { type UserActor, type VisitorActor } from "#lib/authz/actor.ts";
import { allPermissions } from "#lib/authz/permissions.ts";
import * as collections from "#lib/collections/index.ts";
import * as documents from "#lib/documents/index.ts";
import * as groups from "#lib/groups/index.ts";
import * as roles from "#lib/roles/index.ts";
import * as sharing from "#lib/sharing/index.ts";
import { makeGroup, makeRole, outcome } from "#lib/sharing/test-support.ts";
import * as uploads from "#lib/uploads/index.ts";
import * as workspaces from "#lib/workspaces/index.ts";
import * as links from "./index.ts";
import { visitorOf } from "./test-support.ts";

interface Place {
  collectionId: string;
  documentId: string;
  grantId: string;
  linkId: string;
}
interface World {
  visitor: VisitorActor;
  /** What the link opens, and what it does not. */
  linked: Place;
  other: Place;
  groupId: string;
  roleId: string;
  personId: string;
}

let world: World;

beforeAll(async () => {
  const owner = await makePerson({ role: "admin" });
  const colleague = await makePerson({ workspaceId: owner.workspaceId });
  const makePlace = async (): Promise<Place & { token: string }> => {
    const { id: collectionId } = await collections.createCollection(owner, {
      name: "Letters",
      description: "",
    });
    const { id: documentId } = await makeDocument(owner, collectionId);
    const ref = { type: "collection", id: collectionId } as const;
    const { id: grantId } = await sharing.grant(owner, ref, { email: colleague.email, role: "editor" });
    const { id: linkId, token } = await links.createLink(owner, ref, { role: "commenter" });
    return { collectionId, documentId, grantId, linkId, token };
  };
  const [linked, other] = [await makePlace(), await makePlace()];
  world = {
    ...{ linked, other, visitor: await visitorOf(linked.token), personId: colleague.id },
    groupId: await makeGroup(owner.workspaceId, { people: [colleague] }),
    roleId: await makeRole(owner.workspaceId, 1),
  };
});

type Call = (visitor: UserActor, place: Place, world: World) => Promise<unknown>;
/** What it says of what the link opens and of what it does not; the same where one is given. */
interface Verb {
  call: Call;
  says: string | { linked: string; other: string };
}

const nothing = "forbidden:collection";
const missing = "not_found:document";
const reads = (call: Call, linked: string, other: string): Verb => ({ call, says: { linked, other } });
/** Refused, of what the link opens for the lack of the right, of all else as if it were not there. */
const needs = (call: Call, unseen: string, action = "forbidden:action"): Verb => reads(call, action, unseen);
const text = { name: "Changed", description: "Changed" };
const never = (call: Call, says: string): Verb => ({ call, says });

const ref = ({ collectionId }: Place) => ({ type: "collection", id: collectionId }) as const;
const file = { filename: "x.txt", contentType: "text/plain", sizeBytes: 1, sha256: "0".repeat(64) };

const { getCollection, updateCollection, trashCollection, restoreCollection, deleteCollection } = collections;
const { updateDocument, trashDocument, restoreDocument, deleteDocument, restartProcessing } = documents;
const { setAccessMode, setVisibility, grant, revoke, listGrants, check, simulateRemoval } = sharing;

const verbs: Record<string, Verb> = {
  getCollection: reads((v, p) => getCollection(v, p.collectionId), "ok", nothing),
  getDocument: reads((v, p) => documents.getDocument(v, p.documentId), "ok", missing),
  getContentUrl: reads((v, p) => documents.getContentUrl(v, p.documentId, "inline"), "ok", missing),
  getThumbnailUrl: never((v, p) => documents.getThumbnailUrl(v, p.documentId), missing),
  listDocuments: reads(
    (v, { collectionId }) => documents.listDocuments(v, { scope: "live", collectionId }),
    ...(["ok", nothing] as const),
  ),
  updateCollection: needs((v, p) => updateCollection(v, p.collectionId, { version: 1, name: "X" }), nothing),
  trashCollection: needs((v, p) => trashCollection(v, p.collectionId), nothing),
  restoreCollection: needs((v, p) => restoreCollection(v, p.collectionId), nothing),
  deleteCollection: needs((v, p) => deleteCollection(v, p.collectionId), nothing),
  createCollection: never((v) => collections.createCollection(v, text), "forbidden:guest_action"),
  updateDocument: needs((v, p) => updateDocument(v, p.documentId, { version: 1, name: "X" }), missing),
  trashDocument: needs((v, p) => trashDocument(v, p.documentId), missing),
  restoreDocument: needs((v, p) => restoreDocument(v, p.documentId), missing),
  deleteDocument: needs((v, p) => deleteDocument(v, p.documentId), missing),
  restartProcessing: needs((v, p) => restartProcessing(v, p.documentId), missing),
  requestUpload: needs(
    (v, p) => uploads.requestUpload(v, { ...file, collectionId: p.collectionId }),
    nothing,
  ),
  setVisibility: needs((v, p) => setVisibility(v, p.collectionId, { visibility: "public" }), nothing),
  setAccessMode: needs((v, p) => setAccessMode(v, p.documentId, "private"), missing),
  grant: needs((v, p) => grant(v, ref(p), { email: "x@example.org", role: "viewer" }), nothing),
  revoke: needs((v, p) => revoke(v, ref(p), p.grantId), nothing),
  listGrants: needs((v, p) => listGrants(v, ref(p)), nothing),
  simulateRemoval: needs((v, p) => simulateRemoval(v, ref(p), { grantId: p.grantId }), nothing),
  createLink: needs((v, p) => links.createLink(v, ref(p), { role: "viewer" }), nothing),
  listLinks: needs((v, p) => links.listLinks(v, ref(p)), nothing),
  changeLink: never((v, p) => links.changeLink(v, p.linkId, { name: "X" }), "not_found:link"),
  regenerateLink: never((v, p) => links.regenerateLink(v, p.linkId), "not_found:link"),
  revokeLink: never((v, p) => links.revokeLink(v, p.linkId), "not_found:link"),
  createGroup: never((v) => groups.createGroup(v, text), "forbidden:guest_action"),
  listGroups: never((v) => groups.listGroups(v, {}), "forbidden:guest_action"),
  getGroup: never((v, _, { groupId }) => groups.getGroup(v, groupId), "forbidden:group"),
  deleteGroup: never((v, _, { groupId }) => groups.deleteGroup(v, groupId), "forbidden:group"),
  deleteRole: never(
    (v, _, { roleId }) => roles.deleteRole(v, roleId, undefined),
    "forbidden:workspace_admin",
  ),
  listPeople: never((v) => workspaces.listPeople(v, {}), "forbidden:guest_action"),
  listOutsiders: never((v) => workspaces.listOutsiders(v, {}), "forbidden:workspace_admin"),
};

/** Everything that could have been written by one who may write nothing. */
const rows = async () =>
  asOwner(
    `SELECT (SELECT jsonb_agg(c ORDER BY id) FROM collections c) AS collections, (SELECT jsonb_agg(d ORDER BY id) FROM documents d) AS documents,
       (SELECT jsonb_agg(p ORDER BY id) FROM permissions p) AS permissions, (SELECT jsonb_agg(l ORDER BY id) FROM public_links l) AS links,
       (SELECT jsonb_agg(g ORDER BY id) FROM groups g) AS groups, (SELECT count(*) FROM audit_events) AS audit`,
  );

describe("a visitor", () => {
  it.each(Object.entries(verbs))("of one collection: %s", async (_, { call, says }) => {
    // verbs that take people alone get one who is none
    const actor = world.visitor as unknown as UserActor;
    const before = await rows();
    const said = {
      linked: await outcome(call(actor, world.linked, world)),
      other: await outcome(call(actor, world.other, world)),
    };
    expect(said).toEqual(typeof says === "string" ? { linked: says, other: says } : says);
    expect(await rows()).toEqual(before);
  });

  it("may view and comment, and nothing more, on what the link opens alone", async () => {
    const { visitor, linked, other } = world;
    for (const permission of allPermissions) {
      const isGiven = ["view_documents", "add_comments", "delete_own_comments", "suggest_changes"].includes(
        permission,
      );
      expect([permission, await check(visitor, permission, ref(linked))]).toEqual([permission, isGiven]);
      expect(await check(visitor, permission, ref(other))).toBe(false);
    }
  });
});
