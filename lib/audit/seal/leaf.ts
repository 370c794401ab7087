import { createHash, randomBytes } from "node:crypto";
import canonicalize from "canonicalize";
import { HASH_BYTES, leafHash } from "./merkle.ts";

/**
 * What of an event concerns people and can be erased, in the order of its salts and commitments: who acted from where,
 * to whom, what the thing is called, and the details. The chain is over commitments to these, each with a salt of its
 * own: without its salt, nobody can tell what a commitment was to, and the chain is whole without the text.
 */
export const parts = ["actor", "subject", "name", "details"] as const;
export type Part = (typeof parts)[number];
export const SALT_BYTES = 16;

/** An event as it is sealed. */
export interface SealableEvent {
  id: string;
  action: string;
  actorKind: string;
  actorId: string | null;
  actorEmail: string | null;
  subjectType: string | null;
  subjectId: string | null;
  subjectEmail: string | null;
  resourceType: string | null;
  resourceId: string | null;
  resourceName: string | null;
  collectionId: string | null;
  /** Whether it was closed to those who may only do something on its collection. */
  isApart: boolean;
  metadata: unknown;
  ip: string | null;
  requestId: string | null;
  /** ISO 8601, in milliseconds. */
  timestamp: string;
}

const valueOf: Record<Part, (event: SealableEvent) => unknown> = {
  actor: ({ actorEmail, ip }) => ({ email: actorEmail, ip }),
  subject: ({ subjectEmail }) => ({ email: subjectEmail }),
  name: ({ resourceName }) => ({ name: resourceName }),
  details: ({ metadata }) => metadata,
};

export const newSalts = (): Buffer => randomBytes(SALT_BYTES * parts.length);
export const saltOf = (salts: Uint8Array, part: Part): Uint8Array =>
  slice(salts, parts.indexOf(part), SALT_BYTES);
export const commitmentIn = (commitments: Uint8Array, part: Part): Uint8Array =>
  slice(commitments, parts.indexOf(part), HASH_BYTES);
const slice = (bytes: Uint8Array, index: number, length: number) =>
  bytes.subarray(index * length, (index + 1) * length);

/** The commitment to one part of an event. */
export const commitmentTo = (part: Part, event: SealableEvent, salt: Uint8Array): Buffer =>
  createHash("sha256")
    .update(salt)
    .update(`${part}\0`)
    .update(canonicalize(valueOf[part](event)) ?? "null")
    .digest();

export const commitmentsTo = (event: SealableEvent, salts: Uint8Array): Buffer =>
  Buffer.concat(parts.map((part) => commitmentTo(part, event, saltOf(salts, part))));

/** What an event's place in its chain is over: all of it, the erasable parts by their commitments. */
export function leafOf(
  event: SealableEvent,
  { chainId, seq, commitments }: { chainId: string; seq: number; commitments: Uint8Array },
): Buffer {
  const record = {
    v: 1,
    chain: chainId,
    seq,
    id: event.id,
    timestamp: event.timestamp,
    action: event.action,
    actor: { kind: event.actorKind, id: event.actorId },
    subject: { type: event.subjectType, id: event.subjectId },
    resource: { type: event.resourceType, id: event.resourceId },
    collection: event.collectionId,
    apart: event.isApart,
    request: event.requestId,
    commitments: Object.fromEntries(
      parts.map((part) => [part, Buffer.from(commitmentIn(commitments, part)).toString("hex")]),
    ),
  };
  return leafHash(Buffer.from(canonicalize(record)!));
}
