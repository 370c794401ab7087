import { randomUUID } from "node:crypto";
import { brief, Faults, type Findings } from "./findings.ts";
import { titleOf } from "./operations.ts";
import { answerOf, type OtherOperation } from "./other-operations.ts";
import { isSomebody, type PersonaName, personaNames } from "./rules.ts";
import type { Ask, Reply, Wire } from "../support/wire.ts";
import { changesBetween, fingerprint } from "./fingerprint.ts";
import type { World } from "./world.ts";

interface Cell {
  who: PersonaName;
  state: string;
  expected: number | "unseen";
}

/** Everybody × what may be asked about. A route without ids has the one state of being there. */
function cellsOf(operation: OtherOperation): Cell[] {
  const states = operation.states ? [...Object.keys(operation.states), "missing", "malformed"] : ["there"];
  return personaNames.flatMap((who) =>
    states.map((state) => {
      const isKnown = isSomebody(who) || operation.isForAll;
      if (isKnown && state === "missing") return { who, state, expected: "unseen" as const };
      if (isKnown && state === "malformed") return { who, state, expected: 422 };
      return { who, state, expected: answerOf(operation, who, state) };
    }),
  );
}

async function idOf(world: World, { states }: OtherOperation, { who, state }: Cell): Promise<string> {
  if (state === "malformed") return "not-an-id";
  const make = states?.[state];
  return typeof make === "function" ? make(world, who) : (make ?? randomUUID());
}

function askFor(world: World, { route, parts }: OtherOperation, who: PersonaName, id: string): Ask {
  const [method = "", template = ""] = route.split(" ");
  const { query = "", body } = parts?.(world, who) ?? {};
  const path = template.replace("{id}", id).replace(/\{\w+\}/, randomUUID());
  return { method, path: path + query, headers: world.headers[who], body };
}

/**
 * Asks what is to be refused, or what is to be allowed. Refusals change no row, and what may not be seen is answered
 * byte for byte as what is not there.
 */
export async function tryOther(
  world: World,
  wire: Wire,
  operation: OtherOperation,
  which: "refused" | "allowed",
): Promise<Findings> {
  const faults = new Faults();
  const cells = cellsOf(operation).filter(
    ({ expected }) => (expected === "unseen" || expected >= 400) === (which === "refused"),
  );
  const ids = await Promise.all(cells.map((cell) => idOf(world, operation, cell)));
  const before = which === "refused" ? await fingerprint(world.product) : {};
  const missing = new Map<PersonaName, Promise<Reply>>();
  const asIfMissing = (who: PersonaName) => {
    const reply = missing.get(who) ?? wire.ask(askFor(world, operation, who, randomUUID()));
    missing.set(who, reply);
    return reply;
  };
  let compared = 0;
  await Promise.all(
    cells.map(async ({ who, state, expected }, at) => {
      const reply = await wire.ask(askFor(world, operation, who, ids[at]!));
      const status = expected === "unseen" ? (operation.unseen?.(who) ?? 403) : expected;
      const about = `${titleOf(operation)} · ${state}`;
      if (reply.status !== status) faults.add(about, who, `not ${status} but ${brief(reply)}`);
      else if (status === 403 && !reply.body.includes(operation.says ?? ""))
        faults.add(about, who, `does not say why: ${brief(reply)}`);
      if (!operation.states || (expected !== "unseen" && expected !== 401)) return;
      compared += 1;
      if (reply.bytes !== (await asIfMissing(who)).bytes)
        faults.add(about, who, `differs from missing: ${brief(reply)}`);
    }),
  );
  const changes = which === "refused" ? changesBetween(before, await fingerprint(world.product)) : [];
  return {
    ...{ cells: cells.length, compared },
    faults: [
      ...faults.list(),
      ...changes.map((name) => `${titleOf(operation)}: changes ${name} though it is refused`),
    ],
  };
}
