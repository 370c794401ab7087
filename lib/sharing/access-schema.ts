import { z } from "zod";
import { builtInRoleNames, type BuiltInRole } from "#lib/authz/permissions.ts";
import { cursorSchema, idSchema } from "#lib/http/schema.ts";
import { emailSchema, permissionSchema, setAccessModeSchema } from "./schema.ts";

const named = z.object({ id: z.uuid(), name: z.string() });
const roleLabel = z.enum(builtInRoleNames as [BuiltInRole, ...BuiltInRole[]]).nullable();

/** Where a right comes from. */
export const accessPathSchema = z.object({
  via: z.enum(["direct", "group", "workspace", "everyone", "document_owner", "collection_owner"]),
  /** Whether it was given on the document itself or on its collection. */
  resource: z.enum(["collection", "document"]),
  /** Null for what comes from owning the document. */
  grantId: z.uuid().nullable(),
  role: named.nullable(),
  permissions: z.array(permissionSchema),
  group: named.nullable(),
  /** From the group the person is in to the group that has the grant; empty where it was not asked for. */
  chain: z.array(named),
  grantedBy: named.nullable(),
  grantedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  /** Whether it counts now, or why not: it has expired, or the document's access mode leaves it out. */
  state: z.enum(["active", "expired", "access_mode"]),
});
export type AccessPathView = z.infer<typeof accessPathSchema>;

/** A person, or an address that is invited: both look alike until a person of elsewhere opened what was shared. */
export const accessPersonSchema = z.object({
  id: z.uuid().nullable(),
  name: z.string().nullable(),
  email: z.string(),
  isGuest: z.boolean(),
  isPending: z.boolean(),
  isYou: z.boolean(),
});
export type AccessPersonView = z.infer<typeof accessPersonSchema>;

export const personAccessSchema = z.object({
  person: accessPersonSchema,
  /** The strongest built-in role these permissions hold, for a label; null when they hold none. */
  role: roleLabel,
  permissions: z.array(permissionSchema),
  sources: z.array(accessPathSchema),
});
export type PersonAccessView = z.infer<typeof personAccessSchema>;

/** People by address, and beside them what the whole workspace or everyone may. */
export const accessListSchema = z.object({
  items: z.array(personAccessSchema),
  nextCursor: z.string().nullable(),
  general: z.array(accessPathSchema),
});
export type AccessListView = z.infer<typeof accessListSchema>;
export const listAccessSchema = z.object({ cursor: cursorSchema });

/** Why a permission is refused. */
export const refusalReasons = ["no_grant", "expired", "access_mode", "trashed", "suspended"] as const;

export const explanationSchema = z.object({
  resource: z.object({ type: z.enum(["collection", "document"]), id: z.uuid() }),
  person: accessPersonSchema,
  accessMode: z.enum(["private", "collection", "invite", "link"]).nullable(),
  isTrashed: z.boolean(),
  isSuspended: z.boolean(),
  role: roleLabel,
  /** Every permission there is: allowed or not, each path that would give it, and why it is refused. */
  permissions: z.array(
    z.object({
      permission: permissionSchema,
      isAllowed: z.boolean(),
      because: z.enum(refusalReasons).nullable(),
      paths: z.array(accessPathSchema),
    }),
  ),
});
export type ExplanationView = z.infer<typeof explanationSchema>;
/** A person by id or address; the reader when neither is given. */
export const explainSchema = z
  .object({ userId: idSchema.optional(), email: emailSchema.optional() })
  .refine(({ userId, email }) => userId === undefined || email === undefined, {
    message: "one_person",
    path: ["email"],
  });

/** What would be taken away: a grant (or invitation), or a person's membership in a group. */
export const simulateSchema = z.union([
  z.strictObject({ grantId: idSchema }),
  z.strictObject({ groupId: idSchema, userId: idSchema }),
]);
/** Of a document also another access mode. */
export const simulateOnDocumentSchema = z.union([
  ...simulateSchema.options,
  z.strictObject({ accessMode: setAccessModeSchema.shape.mode }),
]);
export type SimulateInput = z.infer<typeof simulateOnDocumentSchema>;

export const simulationSchema = z.object({
  /** Who would lose something; at most a thousand are told. */
  people: z.array(
    z.object({
      person: accessPersonSchema,
      lost: z.array(permissionSchema),
      kept: z.array(permissionSchema),
    }),
  ),
  isComplete: z.boolean(),
  /** What everyone, signed in or not, would lose. */
  everyone: z.array(permissionSchema),
});
export type SimulationView = z.infer<typeof simulationSchema>;
