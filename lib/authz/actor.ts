import { type Proof } from "./proof.ts";

/** Whom a verb acts for. Every verb takes one first and decides by it; nothing else carries identity. */
export type Actor =
  | {
      kind: "user";
      id: string;
      isSystemAdmin?: boolean;
      /** Still to be confirmed by the database; without it, somebody has made sure of who they are. */
      proof?: Proof;
      requestId?: string;
      ip?: string | null;
    }
  /** Whoever came with a public link's token: holds what the link opens, and nothing that people or everyone hold. */
  | { kind: "visitor"; linkId: string; requestId?: string; ip?: string | null }
  /** Not signed in: holds only what everyone holds. */
  | { kind: "everyone"; requestId?: string; ip?: string | null }
  /** Background work and sign-in itself. */
  | { kind: "system"; requestId?: string; ip?: string | null };

export type UserActor = Extract<Actor, { kind: "user" }>;

export type VisitorActor = Extract<Actor, { kind: "visitor" }>;

export const system: Actor = { kind: "system" };

/** Under which id the database knows the actor; empty for the system, which is nobody. */
export function actorIdOf(actor: Actor): string {
  switch (actor.kind) {
    case "user":
      return actor.id;
    case "visitor":
      return actor.linkId;
    case "everyone":
      return everyonePrincipalId;
    case "system":
      return "";
  }
}

/** The principal that everyone holds, signed in or not (fixed by migration). */
export const everyonePrincipalId = "00000000-0000-0000-0000-000000000001";
