import { accessApproved, accessDeclined, accessRequested } from "#lib/access-requests/notifications.ts";
import { documentsAdded, processingFailed } from "#lib/documents/notifications.ts";
import { ownershipAccepted, ownershipDeclined, ownershipOffered } from "#lib/ownership/notifications.ts";
import { quotaNearlyFull } from "#lib/quota/notifications.ts";
import { accessRemoved, invitationAccepted, roleChanged, shared } from "#lib/sharing/notifications.ts";
import { type Kind, type KindName } from "./kind.ts";

/** Every kind there is, in the order of the settings. */
export const kinds: readonly Kind[] = [
  shared,
  roleChanged,
  accessRemoved,
  invitationAccepted,
  accessRequested,
  accessApproved,
  accessDeclined,
  ownershipOffered,
  ownershipAccepted,
  ownershipDeclined,
  documentsAdded,
  processingFailed,
  quotaNearlyFull,
];

/** The events of the outbox that bring notifications about. */
export const notifyingEvents: readonly string[] = [...new Set(kinds.map(({ event }) => event))];

const byName = new Map<string, Kind>(kinds.map((kind) => [kind.name, kind]));

/** A kind by its name; null for one that is no more. */
export const findKind = (name: string): Kind | null => byName.get(name) ?? null;

export const isKindName = (name: string): name is KindName => byName.has(name);
