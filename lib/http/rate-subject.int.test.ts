import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { z } from "zod";
import { type RateClass, rateClasses } from "#lib/rate-limit/index.ts";
import { makePerson } from "#prisma/factories.ts";
import { operation } from "./operation.ts";
import { route } from "./route.ts";
import { tokenOf } from "./test-support.ts";

const names = Object.keys(rateClasses) as RateClass[];
const someAddress = () => `10.${[...randomBytes(3)].join(".")}`;

const someToken = async (): Promise<string> => tokenOf(await makePerson());

interface Caller {
  address: string;
  token?: string;
}

const schemas = { answers: { 200: z.unknown() } };

/** How many calls of this class each of these callers has left after it. Begins anew where a window ended on the way. */
async function remaining(rate: RateClass, callers: () => Promise<Caller[]>): Promise<number[]> {
  const handler = route(
    operation<typeof schemas>()({
      method: "GET",
      path: "/x",
      summary: "For this test",
      auth: "optional",
      rate,
    }),
    schemas,
    async () => ({ body: 1 }),
  );
  const startedAt = Date.now();
  const left: number[] = [];
  for (const { address, token } of await callers()) {
    const headers = { "x-sheaf-address": address, ...(token && { authorization: `Bearer ${token}` }) };
    const response = await handler(new Request("http://localhost/x", { headers }), {
      params: Promise.resolve({}),
    });
    left.push(Number(response.headers.get("ratelimit-remaining")));
  }
  const windowMs = rateClasses[rate].windowSeconds * 1000;
  const isOneWindow = Math.floor(startedAt / windowMs) === Math.floor(Date.now() / windowMs);
  return isOneWindow ? left : remaining(rate, callers);
}

it.each(names)("%s counts what its class says: the person, or always the address", async (name) => {
  const [first, elsewhere, another] = await remaining(name, async () => {
    const [anna, ben] = await Promise.all([someToken(), someToken()]);
    const [home, work] = [someAddress(), someAddress()];
    return [
      { address: home, token: anna },
      { address: work, token: anna },
      { address: home, token: ben },
    ];
  });
  const isPerPerson = rateClasses[name].per === "actor";
  expect(elsewhere).toBe(isPerPerson ? first! - 1 : first);
  expect(another).toBe(isPerPerson ? first : first! - 1);
});

it.each(names)("%s counts the address of who is not signed in, in every spelling", async (name) => {
  const [first, wrapped, withPort] = await remaining(name, async () => {
    const address = someAddress();
    return [{ address }, { address: `::ffff:${address}` }, { address: `${address}:40001` }];
  });
  expect([wrapped, withPort]).toEqual([first! - 1, first! - 2]);
});
