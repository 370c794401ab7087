import { inOrder, type Program, type ProgramObject } from "./program.ts";
import { type LoadedSources, madeBy, replacing } from "./sources.ts";

/** What brings one program to another, in three parts: tables change between the first and the second. */
export interface Difference {
  drops: string[];
  creates: string[];
  grants: string[];
}

/**
 * The statements that make `to` out of `from`. An object that can't be replaced in place goes first, with all that
 * needs it, and comes back. Texts come from the sources where they are given, else as the database writes them.
 */
export function difference(from: Program, to: Program, sources?: LoadedSources): Difference {
  const texts = textsOf(to, sources);
  const isSame = (key: string) => from.objects.get(key)!.create === to.objects.get(key)?.create;
  const isReplaceable = ({ key, kind, shape }: ProgramObject) =>
    (kind === "function" || kind === "view") && to.objects.get(key)?.shape === shape;
  const dropped = new Set<string>();
  for (const object of from.objects.values())
    if (!isSame(object.key) && !isReplaceable(object)) dropped.add(object.key);
  for (let grown = true; grown;) {
    grown = false;
    for (const { key, needs } of from.objects.values()) {
      if (dropped.has(key) || !needs.some((need) => dropped.has(need))) continue;
      dropped.add(key);
      grown = true;
    }
  }
  const made = [...to.objects.keys()].filter(
    (key) => !from.objects.has(key) || dropped.has(key) || !isSame(key),
  );
  const creates = inSourceOrder(inOrder(to.objects, made), sources).map((object) => {
    const text = texts.get(object.key) ?? object.create;
    return from.objects.has(object.key) && !dropped.has(object.key) ? replacing(text) : text;
  });
  return {
    drops: inOrder(from.objects, [...dropped])
      .reverse()
      .map(({ drop }) => drop),
    creates,
    grants: [...functionGrants(from, to, dropped), ...tableGrants(from, to, dropped)],
  };
}

/** Sources' texts by the object they make, where one text makes one object. */
function textsOf(to: Program, sources: LoadedSources | undefined): Map<string, string> {
  const texts = new Map<string, string[]>();
  for (const statement of sources?.statements ?? []) {
    const made = madeBy(statement);
    if (!made) continue;
    const name = `${made.kind} ${made.name}`;
    texts.set(name, [...(texts.get(name) ?? []), statement.text]);
  }
  return new Map(
    [...to.objects.values()].flatMap(({ key, kind, name }) => {
      const found = texts.get(`${kind} ${name}`);
      return found?.length === 1 ? [[key, found[0]!] as const] : [];
    }),
  );
}

/** Bodies in quotes name what they need to nobody but the sources' loader, which found an order. */
function inSourceOrder(objects: ProgramObject[], sources: LoadedSources | undefined): ProgramObject[] {
  if (!sources) return objects;
  const positions = new Map(
    sources.statements.flatMap((statement, position) => {
      const made = madeBy(statement);
      return made ? [[`${made.kind} ${made.name}`, position] as const] : [];
    }),
  );
  const positionOf = ({ kind, name }: ProgramObject) => positions.get(`${kind} ${name}`) ?? Infinity;
  return objects.toSorted((a, b) => (positionOf(a) === positionOf(b) ? 0 : positionOf(a) - positionOf(b)));
}

const grantee = (entry: string) => entry.split("=")[0] || "PUBLIC";

/** Rights to call functions. A new one may be called by everybody, as PostgreSQL has it. */
function functionGrants(from: Program, to: Program, dropped: Set<string>): string[] {
  const changes = new Map<string, string[]>();
  const note = (change: string, key: string) =>
    changes.set(change, [...(changes.get(change) ?? []), key.slice("function ".length)]);
  for (const { key, kind, acl } of to.objects.values()) {
    if (kind !== "function") continue;
    const before = from.objects.get(key);
    const had =
      before && !dropped.has(key) ? before.acl.map(grantee) : [grantee(acl.find(isOwners) ?? ""), "PUBLIC"];
    const has = acl.map(grantee);
    for (const who of had.filter((one) => !has.includes(one)))
      note(`REVOKE ALL ON ROUTINE % FROM ${who}`, key);
    for (const who of has.filter((one) => !had.includes(one)))
      note(`GRANT EXECUTE ON ROUTINE % TO ${who}`, key);
  }
  return [...changes].map(([change, keys]) => change.replace("%", () => `\n  ${keys.join(",\n  ")}\n `));
}
const isOwners = (entry: string) => {
  const [who, rest = ""] = entry.split("=");
  return who !== "" && rest.endsWith(`/${who}`);
};

function tableGrants(from: Program, to: Program, dropped: Set<string>): string[] {
  const isView = (line: string) => dropped.has(`view ${/ ON TABLE (\S+)/.exec(line)?.[1]}`);
  const had = from.grants.filter((line) => !isView(line));
  const isThere = (line: string) => to.relations.has(/ ON (?:TABLE|SEQUENCE) (\S+)/.exec(line)?.[1] ?? "");
  const gone = had
    .filter((line) => !to.grants.includes(line) && (isThere(line) || line.includes(" ON SCHEMA ")))
    .map((line) => line.replace(/^GRANT .* ON (\S+ \S+) TO (\S+)$/, "REVOKE ALL ON $1 FROM $2"));
  return [...gone, ...to.grants.filter((line) => !had.includes(line))];
}
