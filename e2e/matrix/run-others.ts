import { randomUUID } from "node:crypto";
import { type Contract, parse } from "./contract.ts";
import { brief, Faults, type Findings } from "./findings.ts";
import { neededScopes } from "./operations/index.ts";
import { answerOf, type Nested, type OtherOperation, titleOf } from "./others.ts";
import { mismatch } from "./pattern.ts";
import { isSomebody, type PersonaName, personaNames, personas } from "./rules.ts";
import type { Ask, Reply, Wire } from "../support/wire.ts";
import { changesBetween, fingerprint } from "./fingerprint.ts";
import type { World } from "./world/world.ts";

interface Cell {
  who: PersonaName;
  state: string;
  /** `barred`: no token does this, whatever it is about. */
  expected: number | "unseen" | "barred";
}

/** Everybody × what may be asked about. A route without ids has the one state of being there. */
function cellsOf(operation: OtherOperation): Cell[] {
  const states = operation.states ? [...Object.keys(operation.states), "missing", "malformed"] : ["there"];
  return personaNames.flatMap((who) =>
    states.map((state) => {
      const isKnown = isSomebody(who) || operation.isForAll;
      if (personas[who].comes === "by token" && neededScopes[operation.route] === "session")
        return { who, state, expected: "barred" as const };
      if (isKnown && state === "missing") return { who, state, expected: "unseen" as const };
      if (isKnown && state === "malformed") return { who, state, expected: 422 };
      return { who, state, expected: answerOf(operation, who, state) };
    }),
  );
}

async function idsOf(world: World, { states, about }: OtherOperation, { who, state }: Cell): Promise<Nested> {
  const known = (await states?.[state]?.(world, who)) ?? about?.(world, who);
  const id = state === "malformed" ? "not-an-id" : (known ?? randomUUID());
  return typeof id === "string" ? { id, childId: randomUUID() } : id;
}

function askFor(
  world: World,
  { route, parts }: OtherOperation,
  who: PersonaName,
  { id, childId }: Nested,
): Ask {
  const [method = "", template = ""] = route.split(" ");
  const { query = "", body } = parts?.(world, who) ?? {};
  const path = template
    .replace("{id}", id)
    .replace("{childId}", childId)
    .replace("{token}", randomUUID())
    .replace("{page}", "1");
  return { method, path: path + query, headers: world.headers[who], body };
}

const codes: Record<number, string> = {
  ...{ 401: "unauthenticated", 403: "forbidden", 404: "not_found", 409: "conflict", 422: "invalid_input" },
};

const NO_TOKEN = "This needs you to be signed in; a token is not enough.";

/** What an answer says otherwise than wanted; null when nothing. */
function faultOf(
  world: World,
  operation: OtherOperation,
  { who, state, expected }: Cell,
  id: string,
  reply: Reply,
) {
  if (reply.status < 400) {
    const { tells } = operation;
    return tells ? mismatch(parse(reply.body), tells(world, who, id)) : null;
  }
  const { code, status, detail } = parse(reply.body) as { code: string; status: number; detail: string };
  if (status !== reply.status || code !== codes[status])
    return `does not say ${codes[status]}: ${brief(reply)}`;
  const { says = "" } = operation;
  if (expected === "barred") return detail.includes(NO_TOKEN) ? null : `does not say why: ${brief(reply)}`;
  const why = typeof says === "function" ? says(who, state) : says;
  return status !== 403 || detail.includes(why) ? null : `does not say why: ${brief(reply)}`;
}

/**
 * Asks what is to be refused, or what is to be allowed. Refusals change no row; what may not be seen is answered byte for
 * byte as what is not there, and what is refused otherwise differently.
 */
export async function tryOther(
  world: World,
  wire: Wire,
  contract: Contract,
  operation: OtherOperation,
  which: "refused" | "allowed",
): Promise<Findings> {
  const faults = new Faults();
  const cells = cellsOf(operation).filter(
    ({ expected }) => (typeof expected === "string" || expected >= 400) === (which === "refused"),
  );
  const ids = await Promise.all(cells.map((cell) => idsOf(world, operation, cell)));
  const before = which === "refused" ? await fingerprint(world.product) : {};
  const missing = new Map<PersonaName, Promise<Reply>>();
  const asIfMissing = (who: PersonaName) => {
    const nowhere = { id: randomUUID(), childId: randomUUID() };
    const reply = missing.get(who) ?? wire.ask(askFor(world, operation, who, nowhere));
    missing.set(who, reply);
    return reply;
  };
  let compared = 0;
  await Promise.all(
    cells.map(async (cell, at) => {
      const { who, state, expected } = cell;
      const reply = await wire.ask(askFor(world, operation, who, ids[at]!));
      const status =
        expected === "unseen" ? (operation.unseen?.(who) ?? 403) : expected === "barred" ? 403 : expected;
      const about = `${titleOf(operation)} · ${state}`;
      const fault =
        reply.status === status
          ? faultOf(world, operation, cell, ids[at]!.id, reply)
          : `not ${status} but ${brief(reply)}`;
      if (fault) faults.add(about, who, fault);
      const undescribed = contract.faultOf(operation.route, reply);
      if (undescribed) faults.add(operation.route, who, undescribed);
      if (!operation.states || state === "malformed" || which === "allowed") return;
      compared += 1;
      const isAlike = reply.bytes === (await asIfMissing(who)).bytes;
      if (isAlike !== (typeof expected === "string" || expected === 401))
        faults.add(
          about,
          who,
          `${isAlike ? "is told from missing by nothing" : "differs from missing"}: ${brief(reply)}`,
        );
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
