import type { PersonaName } from "./rules.ts";
import type { Reply } from "../support/wire.ts";

export interface Findings {
  cells: number;
  /** How many answers were held against that about what is missing. */
  compared: number;
  faults: string[];
}

/** What went wrong, each said once with everybody whom it befell. */
export class Faults {
  readonly #people = new Map<string, PersonaName[]>();

  add(about: string, who: PersonaName, what: string): void {
    const fault = `${about}: ${what}`;
    this.#people.set(fault, [...(this.#people.get(fault) ?? []), who]);
  }

  list(): string[] {
    return Array.from(this.#people, ([fault, people]) => `${fault} · ${people.join(", ")}`);
  }
}

/** An answer in one line. */
export const brief = ({ status, bytes }: Reply): string =>
  `${status} ${bytes.slice(bytes.indexOf("\n\n") + 2).slice(0, 240)}`;
