import { Wire, type Reply } from "../support/wire.ts";

/**
 * Connections to every instance behind one port, by instance. A connection stays with the process that it was handed to;
 * which one that is shows by the calls it has counted: each instance counts for itself how often a person reads.
 */
export async function connectToEach(
  url: string,
  { instances, each }: { instances: number; each: number },
  newPerson: () => Promise<Record<string, string>>,
): Promise<Wire[][]> {
  const found: Wire[][] = [];
  for (let tries = 0; found.length < instances || found.some((some) => some.length < each); tries += 1) {
    if (tries > instances * each * 20) throw new Error(`Only ${found.length} instances answer.`);
    const wire = new Wire(url, 1);
    const at = await instanceOf(wire, found, newPerson);
    const place = (found[at] ??= []);
    if (place.length < each) place.push(wire);
    else wire.close();
  }
  return found;
}

/** The index of the instance that answers, or the next one when it is new. */
async function instanceOf(
  wire: Wire,
  found: readonly Wire[][],
  newPerson: () => Promise<Record<string, string>>,
): Promise<number> {
  for (let at = 0; at < found.length; at += 1) {
    const [other] = found[at]!;
    if (other && (await answerTogether(wire, other, newPerson))) return at;
  }
  return found.length;
}

async function answerTogether(
  one: Wire,
  other: Wire,
  newPerson: () => Promise<Record<string, string>>,
): Promise<boolean> {
  for (;;) {
    const headers = await newPerson();
    const ask = async (wire: Wire) => wire.ask({ method: "GET", path: "/api/v1/me", headers });
    const [first, second] = [await ask(one), await ask(other)];
    // a new minute in between begins a new count
    if (endOf(second) - endOf(first) > 30) continue;
    return leftIn(second) === leftIn(first) - 1;
  }
}

const leftIn = ({ headers }: Reply) => Number(headers["ratelimit-remaining"]);
const endOf = ({ headers }: Reply) => Date.parse(headers.date!) / 1000 + Number(headers["ratelimit-reset"]);
