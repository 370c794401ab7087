import { explained, grantsListed, peopleListed, simulated } from "../answers.ts";
import type { Domain } from "../domain.ts";
import { membersOnly } from "../others.ts";
import type { PersonaName } from "../rules.ts";
import {
  closing,
  endsOwn,
  forManagers,
  forManagersNothing,
  has,
  manages,
  type Operation,
  seen,
  shares,
  unless,
} from "../verdicts.ts";

const collection = "/api/v1/collections/{id}";

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const ended: Operation["leaves"] = ({ grantId }) => [
  "SELECT FROM permissions WHERE id = $1 AND deleted_at IS NOT NULL",
  grantId,
];

/** The operations that collections and documents have alike. */
function onEither(of: Operation["of"]): Operation[] {
  const path = `/api/v1/${of}s/{id}`;
  const one = `${path}/collaborators/{collaboratorId}`;
  const give = (body: object) => () => ({ body });
  const somebodysGrant = of === "collection" ? "viewer" : "viewer of documents";
  const longer = () => ({ body: { expiresAt: inAnHour() } });
  const gone: PersonaName[] =
    of === "collection"
      ? ["once owner", "owner until yesterday"]
      : ["once viewer of documents", "viewer of documents until yesterday"];
  return [
    {
      isBroad: true,
      route: `GET ${path}/collaborators`,
      of,
      may: has("edit_documents", "manage_permissions"),
      names: "manage_permissions",
      tells: grantsListed,
    },
    {
      ...{
        isBroad: true,
        route: `POST ${path}/collaborators`,
        as: "a viewer",
        of,
        may: shares("viewer"),
        answers: 201,
      },
      names: "manage_permissions",
      parts: ({ stranger }) => ({ body: { email: stranger.email, role: "viewer" } }),
      tells: ({ stranger }) => ({ email: stranger.email, groupId: null, role: "viewer", expiresAt: null }),
      leaves: ({ stranger, id }) => [
        `SELECT FROM invitations WHERE email = '${stranger.email}' AND coalesce(document_id, collection_id) = $1 AND deleted_at IS NULL`,
        id,
      ],
    },
    {
      ...{ route: `POST ${path}/collaborators`, as: "an owner", of, may: shares("owner"), answers: 201 },
      names: "manage_permissions",
      parts: ({ world }) => ({ body: { email: world.emails.colleague, role: "owner" } }),
      tells: ({ world }) => ({ email: world.emails.colleague, role: "owner", roleId: world.roleIds.owner }),
    },
    {
      // groups and roles are their workspace's: others share without them
      ...{ route: `POST ${path}/collaborators`, as: "a group", of, answers: 201 },
      names: "manage_permissions",
      may: unless(shares(), (c) => (c.persona.workspace === "home" ? shares("viewer")(c) : "no such group")),
      parts: ({ world }) => ({ body: { groupId: world.groups.spare, role: "viewer" } }),
      tells: ({ world }) => ({ email: null, groupId: world.groups.spare, role: "viewer" }),
    },
    {
      ...{ route: `POST ${path}/collaborators`, as: "a custom role", of, answers: 201 },
      names: "manage_permissions",
      may: unless(shares(), (c) => (c.persona.workspace === "home" ? shares("sharer")(c) : "no such role")),
      parts: ({ world }) => ({ body: { email: world.emails.outsider, roleId: world.roleIds.sharer } }),
      tells: ({ world }) => ({ email: world.emails.outsider, roleId: world.roleIds.sharer }),
    },
    {
      route: `PATCH ${one}`,
      as: "a viewer",
      of,
      may: shares("viewer"),
      grantOf: somebodysGrant,
      names: "manage_permissions",
      parts: longer,
      tells: ({ grantId }) => ({ id: grantId, role: "viewer", expiresAt: (at) => at !== null }),
    },
    {
      ...{
        route: `PATCH ${one}`,
        as: "a viewer, to editor",
        of,
        may: shares("editor"),
        grantOf: somebodysGrant,
      },
      names: "manage_permissions",
      parts: give({ role: "editor" }),
      tells: ({ grantId, world }) => ({ id: grantId, role: "editor", roleId: world.roleIds.editor }),
    },
    {
      ...{ route: `PATCH ${one}`, as: "a grant elsewhere", of, grantOf: "another collection", parts: longer },
      names: "manage_permissions",
      may: unless(shares(), "no such grant"),
    },
    {
      // anybody may give up what they have themselves
      ...{ route: `DELETE ${one}`, as: "a viewer", of, grantOf: somebodysGrant, answers: 204 },
      names: "manage_permissions",
      ...closing(endsOwn(somebodysGrant, "allowed", shares("viewer"))),
      leaves: ended,
    },
    {
      ...{ route: `DELETE ${one}`, as: "a grant elsewhere", of, grantOf: "another collection" },
      names: "manage_permissions",
      ...closing(endsOwn(somebodysGrant, "no such grant", unless(shares(), "no such grant"))),
    },
    {
      ...{ route: `DELETE ${one}`, as: "a grant that is nowhere", of, grantOf: "nobody" },
      names: "manage_permissions",
      ...closing(unless(shares(), "no such grant")),
    },
    {
      // whoever is in gets no letter again; to those of elsewhere they look as if they had not been here yet
      ...{ route: `POST ${one}/resend`, of, grantOf: somebodysGrant },
      names: "manage_permissions",
      may: unless(shares(), (c) => (c.persona.workspace === "home" ? "nobody waits" : "allowed")),
      tells: () => ({ state: (state) => state === "sent" || state === "recent" }),
    },
    {
      ...{ route: `POST ${one}/resend`, as: "a grant elsewhere", of, grantOf: "another collection" },
      names: "manage_permissions",
      may: unless(shares(), "no such grant"),
    },
    ...gone.flatMap((whose): Operation[] => [
      {
        ...{ route: `PATCH ${one}`, as: `that of the ${whose}`, of, grantOf: whose, parts: longer },
        names: "manage_permissions",
        may: unless(shares(), "no such grant"),
      },
      {
        ...{ route: `DELETE ${one}`, as: `that of the ${whose}`, of, grantOf: whose },
        names: "manage_permissions",
        ...closing(endsOwn(whose, "no such grant", unless(shares(), "no such grant"))),
      },
      {
        ...{ route: `POST ${path}/access/simulate`, as: `without that of the ${whose}`, of, grantOf: whose },
        // one that has expired is told of among what gives nothing any more; without it nobody loses anything
        ...(whose.endsWith("until yesterday")
          ? { may: manages, ...forManagers }
          : forManagersNothing("nothing to simulate")),
        names: "manage_permissions",
        parts: ({ grantId }) => ({ body: { grantId } }),
        tells: () => ({ people: [], isComplete: true, everyone: [] }),
      },
    ]),
    { isBroad: true, route: `GET ${path}/access`, of, may: seen, ...forManagers, tells: peopleListed },
    {
      ...{ route: `GET ${path}/access/explain`, as: "oneself", of, may: seen, ...forManagers },
      tells: (aim, c) => explained(c.who)(aim, c),
    },
    {
      ...{ route: `GET ${path}/access/explain`, as: "somebody", of, may: manages, ...forManagers },
      names: "manage_permissions",
      parts: ({ world }) => ({ query: `?userId=${world.ids.owner}` }),
      tells: explained("owner"),
    },
    ...(["owner", "an address of nobody"] as const).map((whose): Operation => ({
      ...{ route: `GET ${path}/access/explain`, of, may: manages, ...forManagers },
      as: whose === "owner" ? "somebody by their address" : whose,
      names: "manage_permissions",
      parts: ({ world, stranger }) => ({
        query: `?email=${whose === "owner" ? world.emails.owner : stranger.email}`,
      }),
      tells: explained(whose === "owner" ? "owner" : null),
    })),
    {
      // somebody who has nothing to do with it, and nobody at all, are told apart by no answer
      ...{ route: `GET ${path}/access/explain`, as: "an id of nobody", of },
      ...forManagersNothing("no such person"),
      names: "manage_permissions",
      parts: ({ stranger }) => ({ query: `?userId=${stranger.id}` }),
    },
    {
      ...{ route: `POST ${path}/access/simulate`, of, may: manages, ...forManagers },
      grantOf: somebodysGrant,
      names: "manage_permissions",
      parts: ({ grantId }) => ({ body: { grantId } }),
      tells: simulated(somebodysGrant),
    },
    {
      ...{
        route: `POST ${path}/access/simulate`,
        as: "a grant elsewhere",
        of,
        grantOf: "another collection",
      },
      ...forManagersNothing("nothing to simulate"),
      names: "manage_permissions",
      parts: ({ grantId }) => ({ body: { grantId } }),
    },
  ];
}

export const sharing: Domain = {
  scopes: {
    read: `
      GET /collections/{id}/collaborators  GET /documents/{id}/collaborators  GET /subjects
      GET /collections/{id}/access  GET /collections/{id}/access/explain  POST /collections/{id}/access/simulate
      GET /documents/{id}/access  GET /documents/{id}/access/explain  POST /documents/{id}/access/simulate`,
    write: `
      POST /collections/{id}/collaborators
      POST /collections/{id}/collaborators/{collaboratorId}/resend  POST /documents/{id}/collaborators/{collaboratorId}/resend
      PATCH /collections/{id}/collaborators/{collaboratorId}  DELETE /collections/{id}/collaborators/{collaboratorId}
      POST /documents/{id}/collaborators
      PATCH /documents/{id}/collaborators/{collaboratorId}  DELETE /documents/{id}/collaborators/{collaboratorId}`,
  },
  resources: [
    {
      ...{
        route: `PATCH ${collection}/collaborators/{collaboratorId}`,
        as: "the owner",
        of: "collection",
        may: unless(shares("owner"), "the owner stays"),
      },
      names: "manage_permissions",
      ...{ grantOf: "owner", parts: () => ({ body: { role: "viewer" } }) },
    },
    {
      ...{ route: `DELETE ${collection}/collaborators/{collaboratorId}`, as: "the owner", of: "collection" },
      names: "manage_permissions",
      grantOf: "owner",
      ...closing(endsOwn("owner", "the owner stays", unless(shares("owner"), "the owner stays"))),
    },
    {
      // those who have none of their own name one that is nowhere
      ...{
        route: `DELETE ${collection}/collaborators/{collaboratorId}`,
        as: "oneself",
        of: "collection",
        answers: 204,
      },
      grantOf: "themselves",
      names: "manage_permissions",
      ...closing((c) => {
        const { grant, ended, through } = c.persona;
        if (c.who === "owner") return "the owner stays";
        if (grant && !through && ended !== "group deleted") return ended ? "no such grant" : "allowed";
        return unless(shares(), "no such grant")(c);
      }),
      leaves: ended,
    },
    ...onEither("collection"),
    ...onEither("document"),
  ],
  others: [{ route: "GET /api/v1/subjects", answers: membersOnly, parts: () => ({ query: "?q=some" }) }],
};
