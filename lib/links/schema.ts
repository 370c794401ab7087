import { z } from "zod";
import { documentViewSchema } from "#lib/documents/schema.ts";
import {
  cursorSchema,
  idSchema,
  momentSchema,
  nameSchema,
  pageOf,
  searchSchema,
  textSchema,
} from "#lib/http/schema.ts";

/** What a visitor may at most: view, and as a commenter also comment and suggest. */
export const linkRoles = ["viewer", "commenter"] as const;
export type LinkRole = (typeof linkRoles)[number];

/** Eight characters hold against what the limits on guesses leave of a year. */
const linkPassword = textSchema(128).min(8);

const linkFields = {
  /** Tells links of one resource apart. */
  name: nameSchema(120).or(z.literal("")),
  role: z.enum(linkRoles),
  /** Null: whoever has the address needs none. */
  password: linkPassword.nullable(),
  /** In the future. Null: it stays until it is revoked. */
  expiresAt: momentSchema.nullable(),
  /** Without it the link is for looking alone: visitors are shown pictures of the pages, and never given the file. */
  allowDownload: z.boolean(),
  /** Whether visitors of a link for looking alone say who they are, which then stands on every page they are shown. */
  watermark: z.boolean(),
  /** How many visits it lets in; null for any number. One visit is one browser for twelve hours. */
  maxUses: z.int32().positive().nullable(),
};

export const createLinkSchema = z.object({
  ...linkFields,
  name: linkFields.name.default(""),
  role: linkFields.role.default("viewer"),
  password: linkFields.password.default(null),
  expiresAt: linkFields.expiresAt.default(null),
  allowDownload: linkFields.allowDownload.default(true),
  /** Where nothing is said: as soon as the file may not be saved. */
  watermark: linkFields.watermark.optional(),
  maxUses: linkFields.maxUses.default(null),
});
export type CreateLinkInput = z.input<typeof createLinkSchema>;

/** What is not named stays as it is. */
export const changeLinkSchema = z.object(linkFields).partial();
export type ChangeLinkInput = z.infer<typeof changeLinkSchema>;

/**
 * suspended: opens nothing now (a document that left the mode link, or something in the trash) · used_up: lets in nobody
 * new.
 */
export const linkStates = ["open", "expired", "suspended", "used_up"] as const;
export type LinkState = (typeof linkStates)[number];

export const linkViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  role: z.enum(linkRoles),
  /** Null, as `url`, when it was sealed under another secret of the installation: it opens, but can't be copied again. */
  token: z.string().nullable(),
  url: z.string().nullable(),
  state: z.enum(linkStates),
  hasPassword: z.boolean(),
  allowDownload: z.boolean(),
  watermark: z.boolean(),
  expiresAt: z.iso.datetime().nullable(),
  maxUses: z.int().nullable(),
  useCount: z.int(),
  lastAccessedAt: z.iso.datetime().nullable(),
  createdBy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  createdAt: z.iso.datetime(),
});
export type LinkView = z.infer<typeof linkViewSchema>;
/** With the address that was made for it. */
export const madeLinkSchema = linkViewSchema.extend({ token: z.string(), url: z.string() });
export type MadeLinkView = z.infer<typeof madeLinkSchema>;
export const linkListSchema = pageOf(linkViewSchema);

export const listWorkspaceLinksSchema = z.object({
  /** Part of a link's name, of that of what it opens, or of who made it. */
  q: searchSchema(100).optional(),
  state: z.enum(linkStates).optional(),
  cursor: cursorSchema,
});
export type ListWorkspaceLinksInput = z.infer<typeof listWorkspaceLinksSchema>;

/** A link as the admins of its workspace see it: what it opens and how it is used, without its address. */
export const workspaceLinkSchema = linkViewSchema
  .pick({
    id: true,
    name: true,
    role: true,
    state: true,
    hasPassword: true,
    allowDownload: true,
    watermark: true,
    expiresAt: true,
    maxUses: true,
    useCount: true,
    lastAccessedAt: true,
    createdAt: true,
  })
  .extend({
    collection: z.object({ id: z.uuid(), name: z.string() }),
    /** Where it opens a single one; without a name where that is closed to the reader. */
    document: z.object({ id: z.uuid(), name: z.string().nullable() }).nullable(),
    /** Whether the reader may open what it opens. */
    canOpen: z.boolean(),
    /** People of elsewhere are known by their addresses. */
    createdBy: z.object({ id: z.uuid(), name: z.string().nullable(), email: z.string() }).nullable(),
  });
export type WorkspaceLinkView = z.infer<typeof workspaceLinkSchema>;
export const workspaceLinkListSchema = pageOf(workspaceLinkSchema);

/** A token is looked up, whatever it looks like: what is none is missing like one that nobody has. */
const token = textSchema(4096);
export const tokenParams = z.object({ token });
export const sharedDocumentParams = z.object({ token, id: idSchema });
export const sharedPageParams = sharedDocumentParams.extend({
  /** From 1. */
  page: textSchema(6)
    .regex(/^[1-9]\d*$/)
    .transform(Number),
});
/** Null where the document can't be shown in pictures. */
export const sharedPagesSchema = z.object({ pageCount: z.int().nullable() });
export const sharedDocumentsQuery = z.object({ cursor: cursorSchema });
export const sharedContentUrlSchema = z.object({ url: z.string(), expiresAt: z.iso.datetime() });
/** Long enough for most names and addresses, and short enough to be read on a page and carried in a cookie. */
export const visitorNameSchema = nameSchema(60);
export const unlockLinkSchema = z.object({
  password: textSchema(128).default(""),
  /** Who comes, where the link asks for it. */
  name: visitorNameSchema.or(z.literal("")).default(""),
});

/** A document as visitors see it: nothing of who put it there, or of who else may see it. */
export const sharedDocumentSchema = documentViewSchema
  .pick({
    id: true,
    name: true,
    contentType: true,
    sizeBytes: true,
    status: true,
    problem: true,
    progress: true,
    pageCount: true,
    hasThumbnail: true,
    createdAt: true,
    updatedAt: true,
  })
  .extend({ abilities: z.object({ canComment: z.boolean(), canDownload: z.boolean() }) });
export type SharedDocumentView = z.infer<typeof sharedDocumentSchema>;
export const sharedDocumentListSchema = pageOf(sharedDocumentSchema);

const sharedThing = {
  /** Whose collection or document it is. */
  ownerName: z.string(),
  resource: z.object({
    type: z.enum(["collection", "document"]),
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
  }),
};
/** What a link opens. Before its password was given, that it needs one, and nothing else. */
export const sharedViewSchema = z.union([
  z.object({ needsPassword: z.literal(true), needsName: z.boolean() }),
  z.object({ needsPassword: z.literal(false), needsName: z.literal(true), ...sharedThing }),
  z.object({
    needsPassword: z.literal(false),
    needsName: z.literal(false),
    ...sharedThing,
    role: z.enum(linkRoles),
    allowDownload: z.boolean(),
    expiresAt: z.iso.datetime().nullable(),
    /** Whether pages carry the visitor's name. */
    watermark: z.boolean(),
    /** The document, where the link opens a single one. */
    document: sharedDocumentSchema.nullable(),
  }),
]);
export type SharedView = z.infer<typeof sharedViewSchema>;
/** What somebody who was let in is told. */
export type OpenSharedView = Extract<SharedView, { allowDownload: boolean }>;
