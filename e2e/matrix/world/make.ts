import { randomBytes, randomUUID } from "node:crypto";
import { Caller, uniqueText, uploadFile, whenProcessed } from "../../support/caller.ts";
import type { Product } from "../../support/product.ts";
import { type Persona, type PersonaName, personaNames, personas, type Role, roles } from "../rules.ts";
import { makeCollections } from "./collections.ts";
import { fromNames, giveLinks, giveToken, makeCredentials } from "./credentials.ts";
import { collectionKeys, documentFacts, documentKeys } from "./facts.ts";
import { makeGroup, rowsOf } from "./rows.ts";
import type { World } from "./world.ts";

/** Everybody, with what they sign their calls with; and one collection of each kind. */
export async function makeWorld(product: Product): Promise<World> {
  const workspaces = { home: randomUUID(), away: randomUUID() };
  await product.query("INSERT INTO workspaces (id, name) VALUES ($1, 'Home'), ($2, 'Away')", [
    workspaces.home,
    workspaces.away,
  ]);
  const ids = fromNames(() => randomUUID());
  const emails = fromNames(
    (name) => `${name.replace(/[^a-z]/g, "")}.${randomBytes(4).toString("hex")}@example.org`,
  );
  await product.query(
    `INSERT INTO users (id, workspace_id, email, email_normalized, name, email_verified_at, workspace_role, is_external, is_system_admin)
     SELECT x.id, x.workspace_id, x.email, x.email, x.name, now(), x.role, x.role = 'guest', x.is_system_admin
       FROM ${rowsOf("id uuid, workspace_id uuid, email text, name text, role text, is_system_admin boolean")}`,
    [
      JSON.stringify(
        personaNames.map((name) => {
          const { is, workspace }: Persona = personas[name];
          return {
            id: ids[name],
            workspace_id: workspaces[workspace],
            email: emails[name],
            name: `The ${name}`,
            role: is === "workspace admin" ? "admin" : is === "guest" ? "guest" : "member",
            is_system_admin: is === "system admin",
          };
        }),
      ),
    ],
  );
  await product.query("UPDATE user_quotas SET collections_override = 1000000, documents_override = 1000000");
  await product.query("UPDATE tiers SET pending_uploads = 1000000");
  const headers = await makeCredentials(product, ids, (name) => personas[name].comes);
  const pageHeaders = await makeCredentials(product, ids, (name) =>
    personas[name].comes.replace(/^by token$/, "by session"),
  );
  const groupCanary = `canary${randomBytes(5).toString("hex")}`;
  const groups = {
    viewers: await makeGroup(product, workspaces.home),
    outer: await makeGroup(product, workspaces.home),
    spare: await makeGroup(product, workspaces.home, { name: groupCanary }),
  };
  const inner = await makeGroup(product, workspaces.home);
  const members = [
    [groups.viewers, ids["group viewer"]],
    [inner, ids["nested group editor"]],
  ];
  for (const member of members)
    await product.query("INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)", member);
  await product.query("INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2)", [
    groups.outer,
    inner,
  ]);

  const world: World = {
    ...{ product, ids, emails, headers, pageHeaders, workspaces, groups, groupCanary },
    deletedGroup: await makeGroup(product, workspaces.home, { isDeleted: true }),
    groupElsewhere: await makeGroup(product, workspaces.away),
    roleIds: await makeRoles(product, headers["workspace admin"]),
    shared: {} as World["shared"],
  };
  for (const owner of new Set(documentKeys.map((key) => documentFacts[key].owner)))
    await storeBytes(world, owner);
  for (const key of collectionKeys) world.shared[key] = (await makeCollections(world, key, 1))[0]!;
  await giveLinks(world);
  for (const name of ["link visitor", "link visitor, as if in a session"] as const)
    world.pageHeaders[name] = world.headers[name];
  await product.query("UPDATE users SET suspended_at = now() WHERE id = ANY ($1)", [
    [ids["suspended, session"], ids["suspended, token"]],
  ]);
  return world;
}

/** Built-in ones, and by the API those of the workspace's own. */
async function makeRoles(product: Product, headers: Record<string, string>): Promise<World["roleIds"]> {
  const admin = new Caller(product.url);
  const make = (name: Role) =>
    admin.must<{ id: string }>("POST", "/roles", { body: { name, permissions: roles[name] }, headers });
  for (const name of ["curator", "sharer"] as const) await make(name);
  const rows = await product.query<{ id: string; name: Role }>("SELECT id, name FROM roles");
  return Object.fromEntries(rows.map(({ id, name }) => [name, id])) as World["roleIds"];
}

/** Real bytes, which all documents of this owner then refer to. */
async function storeBytes({ product, ids }: World, owner: PersonaName): Promise<void> {
  const api = new Caller(product.url, { token: await giveToken(product, ids[owner]) });
  const { id } = await api.must("POST", "/collections", { body: { name: "Own" } });
  const { id: documentId } = await uploadFile(api, id, uniqueText("own.txt"));
  await whenProcessed(api, documentId);
}
