import { z } from "zod";
import { auditEntrySchema } from "../schema.ts";
import { parts } from "../seal/leaf.ts";

/** The lines of an export as JSON Lines, which `npm run audit:verify --file` reads. */

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const place = z.int().positive();

const proofSchema = z.object({
  chainId: z.uuid(),
  seq: place,
  /** How many entries the checkpoint is over that the path leads to. */
  size: place,
  keyId: z.int(),
  isApart: z.boolean(),
  mac: hash,
  commitments: z.record(z.enum(parts), hash),
  /** Of the parts that are shown; the others were erased, or are kept from the reader. */
  salts: z.partialRecord(z.enum(parts), z.string().regex(/^[0-9a-f]{32}$/)),
  path: z.array(hash).max(60),
});
export type Proof = z.infer<typeof proofSchema>;

export const exportLineSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("header"),
    format: z.literal("sheaf-audit-1"),
    exportedAt: z.iso.datetime(),
    scope: z.looseObject({}),
    /** The chain that this is all of; null for a selection. */
    chainId: z.uuid().nullable(),
    verifierKeys: z.array(z.string()),
  }),
  /** A checkpoint that the proofs after it lead to. */
  z.object({ type: z.literal("checkpoint"), note: z.string() }),
  auditEntrySchema.extend({ type: z.literal("entry"), proof: proofSchema.nullable() }),
  z.object({ type: z.literal("end"), count: z.int() }),
]);
type ExportLine = z.infer<typeof exportLineSchema>;
export type ExportedEntry = Extract<ExportLine, { type: "entry" }>;

export const exportLine = (line: ExportLine): string => `${JSON.stringify(line)}\n`;
