import type { Reply } from "../support/wire.ts";

/** What people read when something is refused to them: the status, the code, and the sentence that says why. */
export type Refusal = readonly [status: number, code: string, detail: string];

/** Refusals of what is seen: each says more than that there is nothing. */
export const refusals = {
  forbidden: [
    ...([403, "forbidden"] as const),
    "Your role here does not allow this. Ask the owner of the collection for a role that does.",
  ],
  // of what a document would be put into
  "forbidden there": [
    ...([403, "forbidden"] as const),
    "Your role here does not allow this. Ask the owner of the collection for a role that does.",
  ],
  // of documents that are for invited people: nobody is sent to themselves
  "forbidden, those who manage it can help": [
    ...([403, "forbidden"] as const),
    "Your role here does not allow this. Ask somebody who manages access to this document for a role that does.",
  ],
  "forbidden, its owner can open it again": [
    ...([403, "forbidden"] as const),
    "Your role here does not allow this. Your document is limited to invited people: change its access to get back what its collection gives you.",
  ],
  "forbidden, somebody with more can help": [
    ...([403, "forbidden"] as const),
    "Your role here does not allow this. Ask somebody with more rights here for a role that does.",
  ],
  "above their own": [403, "forbidden", "You can only give rights that you have yourself."],
  "not for guests": [403, "forbidden", "Guests cannot do this."],
  "the owner's alone": [
    ...([403, "forbidden"] as const),
    "Only the owner of this collection can protect it or take its protection away.",
  ],
  "the author's alone": [403, "forbidden", "Only the person who owns this document can make it private."],
  "the owner stays": [
    ...([403, "forbidden"] as const),
    "A collection always has its owner. Hand it over to someone else before you change their access.",
  ],
  "no such group": [403, "forbidden", "This group does not exist, or it is not in your workspace."],
  "no such role": [404, "not_found", "This role does not exist."],
  "no such grant": [404, "not_found", "This person no longer has access here."],
  "nobody waits": [
    ...([409, "conflict"] as const),
    "This person has been here by now, or it is a group: no invitation is sent again.",
  ],
  "nothing to simulate": [404, "not_found", "This access is not there (any more)."],
  "no such person": [
    ...([404, "not_found"] as const),
    "This person does not exist or has nothing to do with what is shared here.",
  ],
} satisfies Record<string, Refusal>;

const noCollection =
  "This collection does not exist or is not shared with you. Ask its owner to share it with you.";
const noDocument = "This document does not exist or is not shared with you.";
/** Refusals that tell nothing of what is asked about. */
export const silences = {
  "not signed in": [401, "unauthenticated", "Sign in to go on."],
  malformed: [422, "invalid_input", "Some of what was entered can’t be used as it is."],
  collection: [403, "forbidden", noCollection],
  document: [404, "not_found", noDocument],
  // system admins are told that they may not, whether or not there is one
  "document, to a system admin": [403, "forbidden", noDocument],
} satisfies Record<string, Refusal>;

/** What a refusal says otherwise than wanted; null when nothing. */
export function faultOfRefusal(reply: Reply, [status, code, detail]: Refusal): string | null {
  if (reply.status !== status) return `not ${status} but `;
  if (reply.headers["content-type"] !== "application/problem+json") return "is no problem's description: ";
  const told = JSON.parse(Buffer.from(reply.body, "latin1").toString()) as Record<string, unknown>;
  if (told.code !== code || told.status !== status) return `does not say ${code}: `;
  return told.detail === detail ? null : `does not say “${detail}”: `;
}
