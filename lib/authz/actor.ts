/** Whom a verb acts for. Every verb takes one first and decides by it; nothing else carries identity. */
export type Actor =
  | { kind: "user"; id: string; isSystemAdmin?: boolean; requestId?: string; ip?: string | null }
  /** Not signed in: holds only what everyone holds. */
  | { kind: "everyone"; requestId?: string; ip?: string | null }
  /** Background work and sign-in itself. */
  | { kind: "system"; requestId?: string; ip?: string | null };

export type UserActor = Extract<Actor, { kind: "user" }>;

export const system: Actor = { kind: "system" };

/** The principal that everyone holds, signed in or not (fixed by migration). */
export const everyonePrincipalId = "00000000-0000-0000-0000-000000000001";
