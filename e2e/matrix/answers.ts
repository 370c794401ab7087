import type { Aim, Case } from "./verdicts.ts";
import type { Pattern } from "./pattern.ts";
import {
  type DocumentFact,
  type Permission,
  type Persona,
  type PersonaName,
  personaNames,
  personas,
  type CollectionFact,
  rightsHeldBy,
  roles,
} from "./rules.ts";

/** What stands in the answers about collections and documents, by the rules alone. */
type Tells = (aim: Aim, one: Case) => Pattern;

const permissions = (held: Iterable<Permission>): Pattern => new Set<string>(held);
const isNull = (value: unknown) => value === null;
const isTime = (value: unknown) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const nothing = new Set<Permission>();

export const seenCollection: Tells = ({ id, collection: { canary } }, { collection, rights, isTrashed }) => ({
  ...{ id, name: `Notes ${canary}`, visibility: collection.visibility, version: 1 },
  abilities: {
    canCreateDocuments: rights.has("create_documents"),
    canEdit: rights.has("edit_documents"),
    canShare: rights.has("manage_permissions"),
    canDelete: rights.has("manage_permissions") && rights.has("delete_any_documents"),
  },
  trashedAt: isTrashed ? isTime : isNull,
});
export const changedCollection: Tells = ({ id }) => ({ id, description: "Changed", version: 2 });
export const openness: Tells = (_, { collection }) => ({
  visibility: collection.visibility,
  isProtected: false,
});
/** Which of them they are is looked at beside this. */
export const ofCollection: Tells = ({ id }) => ({
  items: (items) => (items as { collectionId: string }[]).every(({ collectionId }) => collectionId === id),
});

const nameOf = ({ collection, documentKey }: Aim) => `${documentKey} ${collection.canary}.txt`;
export const seenDocument: Tells = (aim, { document, rights, isOwner, isTrashed }) => ({
  ...{ id: aim.id, collectionId: aim.collection.id, collection: { id: aim.collection.id } },
  ...{ name: nameOf(aim), version: 1, accessMode: document!.mode },
  owner: { id: aim.world.ids[document!.owner] },
  abilities: {
    canEdit: rights.has("edit_documents"),
    canDelete: rights.has("delete_any_documents") || (rights.has("delete_own_documents") && isOwner),
    canMove:
      (rights.has("delete_any_documents") && rights.has("manage_permissions")) ||
      (rights.has("delete_own_documents") && isOwner),
    canShare: rights.has("manage_permissions"),
    canComment: rights.has("add_comments"),
  },
  trashedAt: isTrashed ? isTime : isNull,
});
export const changedDocument: Tells = ({ id }) => ({ id, name: "Renamed.txt", version: 2 });
export const trashedThing =
  (isTrashed: boolean): Tells =>
  ({ id }) => ({ id, trashedAt: isTrashed ? isTime : isNull });
/** The name that stored bytes are sent with. */
export const bytesAt = nameOf;

/** People of another workspace, and guests, know nobody of this one but the owners. */
const knows = (reader: PersonaName, name: PersonaName, document: DocumentFact | undefined): boolean => {
  const { workspace, is }: Persona = personas[reader];
  const isColleague = is !== "guest" && personas[name].workspace === workspace;
  return isColleague || [reader, "owner", document?.owner].includes(name);
};
/** What the grants to somebody's address give: all that is told of people who are not known. */
const rightsOfAddress = (
  name: PersonaName,
  collection: CollectionFact,
  document?: DocumentFact,
): Set<Permission> => {
  const { grant, through, documentGrant }: Persona = personas[name];
  const isAround = !document || document.mode === "collection" || document.mode === "link";
  const own: Permission[] = [
    ...(isAround && grant && !through ? roles[grant] : []),
    ...(document && document.mode !== "private" && documentGrant ? roles[documentGrant] : []),
  ];
  if (own.length > 0 && isAround && collection.visibility === "public") own.push("view_documents");
  return new Set(own);
};
/** Whose grants reach it: their own, by a group, or what makes them its owner. */
const reached = (collection: CollectionFact, document: DocumentFact | undefined): PersonaName[] =>
  personaNames.filter((name) => {
    const { grant, documentGrant, ended }: Persona = personas[name];
    return document?.owner === name || (!ended && Boolean(grant ?? (document && documentGrant)));
  });

/** By address: everybody who can do anything, for those who manage; others see themselves alone. */
export const peopleListed: Tells = ({ world }, { who, collection, document, rights, isTrashed }) => {
  const isManager = rights.has("manage_permissions");
  const held = (name: PersonaName) => {
    if (isTrashed) return nothing;
    return (knows(who, name, document) ? rightsHeldBy : rightsOfAddress)(name, collection, document);
  };
  const people = isManager
    ? reached(collection, document)
        .filter((name) => held(name).size > 0)
        .toSorted((one, other) => (world.emails[one] < world.emails[other] ? -1 : 1))
    : [who];
  const isOpen = !document || document.mode === "collection" || document.mode === "link";
  const general = { private: null, workspace: "workspace", public: "everyone" }[collection.visibility];
  return {
    items: people.map((name) => ({
      person: { email: world.emails[name], isYou: name === who },
      permissions: permissions(held(name)),
    })),
    nextCursor: null,
    general: isManager && isOpen && general ? [{ via: general, permissions: ["view_documents"] }] : [],
  };
};

const orderInList = (name: PersonaName): number =>
  name === "owner" ? 0 : (personas[name] as Persona).ended ? 2 : 1;
/** Each grant on the thing itself that counts: its owner's first, then as they were given. */
export const grantsListed: Tells = ({ world, collection, documentKey }, { who }) => {
  const ids = documentKey ? collection.documentGrants[documentKey] : collection.grants;
  const names = (Object.keys(ids) as PersonaName[])
    // what a group that is gone left behind gives nothing, and can be taken away
    .filter((name) => [undefined, "group deleted"].includes((personas[name] as Persona).ended))
    .toSorted((one, other) => (ids[one]! < ids[other]! ? -1 : 1))
    .toSorted((one, other) => orderInList(one) - orderInList(other));
  return {
    items: names.map((name) => {
      const { through, grant, documentGrant }: Persona = personas[name];
      return {
        ...{ id: ids[name]!, subjectType: through ? "group" : "user", isYou: !through && name === who },
        ...{ isOwner: !documentKey && name === "owner", role: (documentKey ? documentGrant : grant)! },
        email: through ? null : world.emails[name],
      };
    }),
    nextCursor: null,
  };
};

/** What somebody may and why; null for an address that nobody has, which everyone's rights alone reach. */
export const explained =
  (name: PersonaName | null): Tells =>
  ({ world, id, stranger }, { who, collection, document, isTrashed }) => {
    const isOpen =
      collection.visibility === "public" && (!document || !["private", "invite"].includes(document.mode));
    const held = name ? rightsHeldBy(name, collection, document) : new Set(isOpen ? ["view_documents"] : []);
    return {
      resource: { type: document ? "document" : "collection", id },
      person: { email: name ? world.emails[name] : stranger.email, isYou: name === who },
      ...{ isTrashed, isSuspended: false, accessMode: document?.mode ?? null },
      permissions: (told) => {
        const allowed = (told as { permission: string; isAllowed: boolean }[]).filter((one) => one.isAllowed);
        const wanted = isTrashed ? nothing : held;
        return (
          allowed.length === wanted.size &&
          allowed.every((one) => (wanted as Set<string>).has(one.permission))
        );
      },
    };
  };

/** In collections that are open to nobody else: who has this grant alone loses what it gives. */
export const simulated =
  (name: PersonaName): Tells =>
  ({ world }) => ({
    people: [{ person: { email: world.emails[name] }, lost: ["view_documents"], kept: [] }],
    ...{ isComplete: true, everyone: [] },
  });
