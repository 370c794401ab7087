import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { builtInRoleNames, builtInRoles, type BuiltInRole, roleLabel } from "#lib/authz/permissions.ts";
import { Prisma, read, write } from "#lib/db/index.ts";
import { namedPlace, noCursor, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { type HideShareInput, type ListSharesInput, type ShareGiversView, type ShareView } from "./schema.ts";

/** How many people are offered to filter by. */
const MOST_GIVERS = 200;

const shareRow = z.object({
  type: z.enum(["collection", "document"]),
  id: z.string(),
  name: z.string(),
  collection_name: z.string().nullable(),
  content_type: z.string().nullable(),
  has_thumbnail: z.boolean(),
  mask: z.number(),
  role_name: z.string().nullable(),
  shared_at: z.date(),
  giver_id: z.string().nullable(),
  giver_name: z.string().nullable(),
  through: z.enum(["person", "group", "workspace"]),
  group_name: z.string().nullable(),
  ways: z.number(),
  is_hidden: z.boolean(),
  sort_key: z.string(),
});

/** The mask that a role has, and that of the next stronger one, which somebody with it lacks. */
function masksOf(role: BuiltInRole | undefined): [has: number, lacks: number] {
  if (!role) return [0, 0];
  const stronger = builtInRoleNames[builtInRoleNames.indexOf(role) - 1];
  return [builtInRoles[role], stronger ? builtInRoles[stronger] : 0];
}

/**
 * What others shared with the actor, collections and documents: by whom, when, with which role and through what. What they
 * hid is left out, or with `hidden` alone shown, until it is shared with them again. One message.
 */
export async function listShares(
  actor: UserActor,
  { type, by, role, hidden = false, sort, cursor }: ListSharesInput,
): Promise<Page<ShareView>> {
  const [has, lacks] = masksOf(role);
  const after = namedPlace(cursor);
  if (after && sort !== "name" && !z.iso.datetime().safeParse(after.name).success) throw noCursor();
  const found = await read(
    actor,
    shareRow,
    Prisma.sql`SELECT * FROM app.list_shares(${type ?? null}, ${by ?? null}::uuid, ${has}::int, ${lacks}::int, ${hidden}, ${sort},
      ${after?.name ?? null}, ${after?.id ?? null}::uuid, ${PAGE_SIZE + 1}::int)`,
  );
  return pageFrom(found, toView, PAGE_SIZE, ({ sort_key, id }) =>
    Buffer.from(JSON.stringify([sort_key, id])).toString("base64url"),
  );
}

/** Who shared something with the actor, by name. */
export async function listShareGivers(actor: UserActor): Promise<ShareGiversView> {
  const items = await read(
    actor,
    z.object({ id: z.string(), name: z.string() }),
    Prisma.sql`SELECT id, name FROM app.share_givers(${MOST_GIVERS}::int)`,
  );
  return { items };
}

/**
 * Takes something out of the actor's list of what is shared with them, or puts it back; their access stays as it is.
 * `not_found` for what is not shared with them.
 */
export async function hideShare(actor: UserActor, { type, id, isHidden }: HideShareInput): Promise<void> {
  await write(actor, z.object({}), Prisma.sql`SELECT app.hide_share(${type}, ${id}::uuid, ${isHidden})`);
}

const toView = (row: z.output<typeof shareRow>): ShareView => ({
  type: row.type,
  id: row.id,
  name: row.name,
  collectionName: row.collection_name,
  contentType: row.content_type,
  hasThumbnail: row.has_thumbnail,
  role: roleLabel(row.mask) ?? "viewer",
  roleName: row.role_name,
  sharedAt: row.shared_at.toISOString(),
  by: row.giver_id ? { id: row.giver_id, name: row.giver_name ?? "" } : null,
  through: row.through,
  groupName: row.group_name,
  ways: row.ways,
  isHidden: row.is_hidden,
});
