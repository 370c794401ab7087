import { randomUUID } from "node:crypto";
import type { Ask, Wire } from "../support/wire.ts";
import { brief, Faults, type Findings } from "./findings.ts";
import { personaNames } from "./rules.ts";
import type { World } from "./world/world.ts";

/** Where bytes lie: an address opens by its signature alone, whoever carries it. */
const methods = ["GET", "HEAD", "PUT"];

/**
 * Every way to come without a signature for it × everybody × what is stored, in the trash, and not there: refused, all
 * alike byte for byte.
 */
export async function tryStorage(world: World, wire: Wire): Promise<Findings> {
  const faults = new Faults();
  const signed = await signedAddress(world, wire);
  const [path = "", query = ""] = signed.split("?");
  const other = new URLSearchParams(query);
  other.set("disposition", other.get("disposition") === "inline" ? "attachment" : "inline");
  const forged = new URLSearchParams(query);
  forged.set("signature", "A".repeat(forged.get("signature")!.length));
  const keys = {
    ...{ stored: path, "in the trash": `/storage/${await trashedKey(world)}` },
    missing: `/storage/${randomUUID()}/${randomUUID()}/${randomUUID()}.txt`,
  };
  const queries = {
    ...{ unsigned: "", "signed by nobody": `?${forged.toString()}`, altered: `?${other.toString()}` },
    "signed for another": `?${query}`,
  };
  let cells = 0;
  let compared = 0;
  for (const method of methods)
    for (const [how, search] of Object.entries(queries))
      await Promise.all(
        personaNames.map(async (who) => {
          const ask = (address: string) =>
            wire.ask({ method, path: address + search, headers: world.headers[who] });
          const missing = await ask(keys.missing);
          for (const [state, address] of Object.entries(keys)) {
            // its own signature is none for others, and lets read alone
            if (state === "stored" && how === "signed for another" && method !== "PUT") continue;
            const about = `${method} /storage/{key} ${how} · ${state}`;
            const reply = await ask(address);
            cells += 1;
            if (reply.status !== 403) faults.add(about, who, `not 403 but ${brief(reply)}`);
            if (state === "missing") continue;
            compared += 1;
            if (reply.bytes !== missing.bytes)
              faults.add(about, who, `differs from missing: ${brief(reply)}`);
          }
        }),
      );
  await Promise.all(
    personaNames.map(async (who) => {
      cells += 1;
      const reply = await wire.ask({ method: "GET", path: signed, headers: world.headers[who] });
      if (reply.status !== 200) faults.add("GET /storage/{key} signed", who, `not 200 but ${brief(reply)}`);
    }),
  );
  return { cells, compared, faults: faults.list() };
}

/** Where the owner is sent for the bytes of one of the documents. */
async function signedAddress({ headers, shared }: World, wire: Wire): Promise<string> {
  const download: Ask = {
    ...{ method: "GET", path: `/api/v1/documents/${shared.closed.documents["collection owner's"]}/download` },
    headers: headers.owner,
  };
  const { location } = await wire.ask(download);
  const { pathname, search } = new URL(location!);
  return pathname + search;
}

async function trashedKey({ product, shared }: World): Promise<string> {
  const [found] = await product.query<{ key: string }>(
    "SELECT o.key FROM objects o JOIN documents d ON d.thumbnail_object_id = o.id WHERE d.id = $1",
    [shared.closed.documents.trashed],
  );
  return found!.key;
}
