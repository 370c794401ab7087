import { z } from "zod";
import { allPermissions } from "#lib/authz/permissions.ts";
import { idSchema, nameSchema, pageOf, textSchema } from "#lib/http/schema.ts";

/** Custom roles a workspace may have. */
export const MAX_CUSTOM_ROLES = 10;

const permission = z.enum(allPermissions as [(typeof allPermissions)[number]]);
const name = nameSchema(60);
const description = textSchema(500).trim();
/** view_documents is always among them: nobody can do anything with what they don't see. */
const permissions = z.array(permission).min(1).max(allPermissions.length);

/** A named set of permissions. Built-in ones are the same everywhere and never change. */
export const roleViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  permissions: z.array(permission),
  isBuiltIn: z.boolean(),
  /** Live grants and waiting invitations with this custom role; null for people who do not administer the workspace. */
  useCount: z.int().nullable(),
});
export type RoleView = z.infer<typeof roleViewSchema>;
export const roleListSchema = pageOf(roleViewSchema);

export const createRoleSchema = z.object({ name, description: description.default(""), permissions });
export type CreateRoleInput = z.infer<typeof createRoleSchema>;

export const updateRoleSchema = z
  .object({ name: name.optional(), description: description.optional(), permissions: permissions.optional() })
  .refine((input) => Object.values(input).some((value) => value !== undefined), {
    message: "nothing_to_change",
  });
export type UpdateRoleInput = z.infer<typeof updateRoleSchema>;

export const deleteRoleSchema = z.object({ moveTo: idSchema.optional() });
/** How many grants went to the other role. */
export const deletedRoleSchema = z.object({ moved: z.int() });
