import { z } from "zod";
import { cursorSchema, idSchema, nameSchema, pageOf, searchSchema, textSchema } from "#lib/http/schema.ts";
import { MOST_PEOPLE_PER_CALL } from "./values.ts";

const name = nameSchema(80);
const description = textSchema(500).trim();

export const createGroupSchema = z.object({ name, description: description.default("") });
export type CreateGroupInput = z.infer<typeof createGroupSchema>;

export const updateGroupSchema = z
  .object({ name: name.optional(), description: description.optional() })
  .refine((input) => input.name !== undefined || input.description !== undefined, {
    message: "nothing_to_change",
  });
export type UpdateGroupInput = z.infer<typeof updateGroupSchema>;

export const listGroupsSchema = z.object({
  /** Part of the name. */
  q: searchSchema(80).optional(),
  cursor: cursorSchema,
});
export type ListGroupsInput = z.infer<typeof listGroupsSchema>;
export const pageQuerySchema = z.object({ cursor: cursorSchema });
export const listGroupMembersSchema = z.object({
  /** Part of the name or the address. */
  q: searchSchema(100).optional(),
  cursor: cursorSchema,
});
export type ListGroupMembersInput = z.infer<typeof listGroupMembersSchema>;

export const groupViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  /** People who are in it themselves, suspended ones included. */
  memberCount: z.int(),
  /** People who have its rights right now: in it or in a group nested in it, suspended ones left out. */
  effectiveCount: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type GroupView = z.infer<typeof groupViewSchema>;

const abilities = z.object({ canEdit: z.boolean() });
/** A page of groups, and whether the reader may make and change groups. */
export const groupListSchema = pageOf(groupViewSchema).extend({ abilities });
export type GroupListView = z.infer<typeof groupListSchema>;

export const groupDetailSchema = groupViewSchema.extend({
  /** The groups in it. */
  nested: z.array(groupViewSchema),
  /** The groups it is in, and whose rights its people have too. */
  parents: z.array(groupViewSchema.pick({ id: true, name: true })),
  abilities,
});
export type GroupDetailView = z.infer<typeof groupDetailSchema>;
export const nestedListSchema = pageOf(groupViewSchema);

export const groupMemberSchema = z.object({
  /** The person's. */
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  /** Suspended people stay members, without rights until they are back. */
  isSuspended: z.boolean(),
  addedAt: z.iso.datetime(),
});
export type GroupMemberView = z.infer<typeof groupMemberSchema>;
export const groupMemberListSchema = pageOf(groupMemberSchema);

/** People by id, by address, or both. */
export const peopleSchema = z
  .object({
    userIds: z.array(idSchema).max(MOST_PEOPLE_PER_CALL).default([]),
    emails: z.array(textSchema(254).trim().min(1)).max(MOST_PEOPLE_PER_CALL).default([]),
  })
  .refine(({ userIds, emails }) => userIds.length + emails.length > 0, { message: "nothing_to_change" })
  .refine(({ userIds, emails }) => userIds.length + emails.length <= MOST_PEOPLE_PER_CALL, {
    message: "too_many_people",
  });
export type PeopleInput = z.infer<typeof peopleSchema>;

/**
 * Why somebody was left out. unknown: nobody of this workspace (whether or not they have an account elsewhere).
 * guest: guests are in no groups. unverified: their address is not confirmed yet.
 */
const refusalReasons = ["unknown", "guest", "unverified"] as const;

/** What a bulk call did; everybody it named is in one of the three lists. */
export const changedMembersSchema = z.object({
  /** Ids of people whose membership changed. */
  changed: z.array(z.uuid()),
  /** Ids of people for whom it was so already. */
  unchanged: z.array(z.uuid()),
  /** The id or address as it was given, and why. */
  refused: z.array(z.object({ value: z.string(), reason: z.enum(refusalReasons) })),
});
export type ChangedMembersView = z.infer<typeof changedMembersSchema>;

export const nestGroupSchema = z.object({ groupId: idSchema });
export const nestedParams = z.object({ id: idSchema, childId: idSchema });

const groupRef = z.object({ id: z.uuid(), name: z.string() });
/** One grant that reaches the people of a group. */
export const reachSchema = z.object({
  /** The grant's. */
  id: z.uuid(),
  collection: groupRef,
  /** Null where the whole collection is granted. Its name is null where the reader may not open it. */
  document: z.object({ id: z.uuid(), name: z.string().nullable() }).nullable(),
  role: z.string(),
  expiresAt: z.iso.datetime().nullable(),
  /** The group above that holds the grant; null where the group itself does. */
  via: groupRef.nullable(),
});
export type ReachView = z.infer<typeof reachSchema>;
export const reachListSchema = pageOf(reachSchema);
