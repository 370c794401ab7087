import { z } from "zod";
import { type BuiltInRole, builtInRoleNames } from "#lib/authz/permissions.ts";
import { cursorSchema, idSchema, pageOf } from "#lib/http/schema.ts";
import { shareOrders } from "./values.ts";

const named = z.object({ id: z.uuid(), name: z.string() });
const type = z.enum(["collection", "document"]);
const role = z.enum(builtInRoleNames as [BuiltInRole, ...BuiltInRole[]]);
const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** What somebody gave the reader. */
export const shareSchema = z.object({
  type,
  id: z.uuid(),
  name: z.string(),
  /** Of a document, the collection it lies in, where the reader may open that. */
  collectionName: z.string().nullable(),
  /** Of a document. */
  contentType: z.string().nullable(),
  hasThumbnail: z.boolean(),
  /** The strongest built-in role of what was given, and the name of one of a workspace's own. */
  role,
  roleName: z.string().nullable(),
  sharedAt: z.iso.datetime(),
  /** Who gave it, last. */
  by: named.nullable(),
  through: z.enum(["person", "group", "workspace"]),
  groupName: z.string().nullable(),
  /** In how many ways it reaches them. */
  ways: z.int(),
  isHidden: z.boolean(),
});
export type ShareView = z.infer<typeof shareSchema>;
export const shareListSchema = pageOf(shareSchema);

export const listSharesSchema = z.object({
  type: type.optional(),
  by: idSchema.optional(),
  role: role.optional(),
  hidden: flag.optional(),
  sort: z.enum(shareOrders).default("newest"),
  cursor: cursorSchema,
});
export type ListSharesInput = z.infer<typeof listSharesSchema>;

/** The people who gave something, by name, 200 at most. */
export const shareGiversSchema = z.object({ items: z.array(named) });
export type ShareGiversView = z.infer<typeof shareGiversSchema>;

export const hideShareSchema = z.object({ type, id: idSchema, isHidden: z.boolean() });
export type HideShareInput = z.infer<typeof hideShareSchema>;
