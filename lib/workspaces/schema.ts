import { z } from "zod";
import { cursorSchema, idSchema, nameSchema, pageOf, searchSchema } from "#lib/http/schema.ts";
import { emailSchema } from "#lib/sharing/schema.ts";
import { MOST_INVITATIONS_PER_CALL, workspaceRoles } from "./values.ts";

const role = z.enum(workspaceRoles);

export const renameWorkspaceSchema = z.object({ name: nameSchema(80) });
export type RenameWorkspaceInput = z.infer<typeof renameWorkspaceSchema>;
export const workspaceViewSchema = z.object({ id: z.uuid(), name: z.string() });
export type WorkspaceView = z.infer<typeof workspaceViewSchema>;

export const listPeopleSchema = z.object({
  /** Part of the name or the address. */
  q: searchSchema(100).optional(),
  /** Leaves out who is in this group. */
  notInGroup: idSchema.optional(),
  cursor: cursorSchema,
});
export type ListPeopleInput = z.infer<typeof listPeopleSchema>;

export const memberSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role,
  isYou: z.boolean(),
  isSuspended: z.boolean(),
  /** Runs the instance: not to be suspended by those who only administer a workspace. */
  isSystemAdmin: z.boolean(),
  /** When they came into this workspace. */
  joinedAt: z.iso.datetime(),
  /** Groups they are in themselves. */
  groupCount: z.int(),
});
export type MemberView = z.infer<typeof memberSchema>;
export const memberListSchema = pageOf(memberSchema).extend({
  abilities: z.object({ canManage: z.boolean() }),
});
/** A page of the workspace's people, and whether the reader may change them. */
export type MemberListView = z.infer<typeof memberListSchema>;

export const updateMemberSchema = z
  .object({ role: role.optional(), isSuspended: z.boolean().optional() })
  .refine((input) => input.role !== undefined || input.isSuspended !== undefined, {
    message: "nothing_to_change",
  });
export type UpdateMemberInput = z.infer<typeof updateMemberSchema>;

/** What stands in the way of taking somebody out of a workspace. */
const removalObstacles = ["guest_member", "alone", "last_admin", "owns_collections"] as const;
export const removalSchema = z.object({
  /** Collections they own here. */
  collections: z.int(),
  trashedCollections: z.int(),
  /** Documents they uploaded to collections of others here; those stay. */
  documents: z.int(),
  groups: z.int(),
  /** Grants of their own on things of others here. */
  grants: z.int(),
  obstacle: z.enum(removalObstacles).nullable(),
});
export type RemovalView = z.infer<typeof removalSchema>;

const named = z.object({ id: z.uuid(), name: z.string() });
/** Somebody from outside who reaches something here. */
export const outsiderSchema = z.object({
  /** The address as it is compared; names the item. */
  id: z.string(),
  email: z.string(),
  /** Null until they have opened something here: then the address may as well have no account. */
  name: z.string().nullable(),
  userId: z.uuid().nullable(),
  isSuspended: z.boolean(),
  reachCount: z.int(),
  /** The first few things they reach. */
  reaches: z.array(
    z.object({
      collection: named,
      /** Its name is null where the reader may not open it. */
      document: z.object({ id: z.uuid(), name: z.string().nullable() }).nullable(),
      role: z.string(),
    }),
  ),
});
export type OutsiderView = z.infer<typeof outsiderSchema>;
export const outsiderListSchema = pageOf(outsiderSchema);

export const inviteMembersSchema = z.object({
  emails: z.array(emailSchema).min(1).max(MOST_INVITATIONS_PER_CALL),
  role: role.default("member"),
});
export type InviteMembersInput = z.infer<typeof inviteMembersSchema>;
/**
 * invited: a letter is on its way. again: was invited already; role and end are renewed, no letter. member, guest:
 * somebody of this workspace. An address with an account elsewhere is invited like one without.
 */
export const invitedSchema = z.object({
  items: z.array(z.object({ email: z.string(), outcome: z.enum(["invited", "again", "member", "guest"]) })),
});
export type InvitedView = z.infer<typeof invitedSchema>;

export const workspaceInvitationSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  role,
  state: z.enum(["pending", "expired", "declined"]),
  invitedBy: named.nullable(),
  invitedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** Null while the letter waits its turn. */
  mailedAt: z.iso.datetime().nullable(),
});
export type WorkspaceInvitationView = z.infer<typeof workspaceInvitationSchema>;
export const listInvitationsSchema = z.object({ cursor: cursorSchema });
export const workspaceInvitationListSchema = pageOf(workspaceInvitationSchema).extend({
  /** Where an invited person goes: the same for all, because the address says what waits. */
  joinUrl: z.string(),
  /** Without, nothing is sent and the address has to be passed on by hand. */
  isMailConfigured: z.boolean(),
});
export type WorkspaceInvitationListView = z.infer<typeof workspaceInvitationListSchema>;

const joiningObstacles = ["guest_action", "not_alone", "own_roles_in_use"] as const;
/** An invitation as the person it is for sees it. */
export const offerSchema = z.object({
  id: z.uuid(),
  workspaceName: z.string(),
  inviterName: z.string(),
  role,
  expiresAt: z.iso.datetime(),
  /** Collections that come along. */
  collections: z.int(),
  /** Of these, those open to the present workspace: they become private. */
  openCollections: z.int(),
  obstacle: z.enum(joiningObstacles).nullable(),
});
export type OfferView = z.infer<typeof offerSchema>;
export const offerListSchema = pageOf(offerSchema);
