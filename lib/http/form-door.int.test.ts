import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { env } from "#lib/env/index.ts";
import { refusalOfForm } from "./form-door.ts";
import { isPageForm } from "./front-door.ts";

let server: Server;
let base: string;
beforeAll(async () => {
  // what the door lets in is read again, as Next does
  server = createServer(async (req, res) => {
    const refusal = isPageForm(req) ? await refusalOfForm(req) : null;
    if (refusal) return res.writeHead(refusal.status).end(refusal.message);
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    return res.writeHead(isPageForm(req) ? 200 : 299).end(Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const origin = new URL(env.APP_URL).origin;
const type = "multipart/form-data; boundary=x";
const action = `$ACTION_ID_${"4f".repeat(21)}`;
const part = (name: string, value = "", more = "") =>
  `--x\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const form = (...parts: string[]) => `${parts.join("")}--x--\r\n`;
const post = (body: string, headers: Record<string, string> = {}, path = "/sign-up") =>
  fetch(`${base}${path}`, { method: "POST", headers: { origin, "content-type": type, ...headers }, body });

describe("a form at the door", () => {
  it("goes in as it came, small or large", async () => {
    for (const size of [1, 60_000]) {
      const body = form(part(action), part("name", "ä".repeat(size / 2)));
      const answer = await post(body);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(body);
    }
  });

  it.each([
    ["no action", form(part("name", "a"))],
    ["two actions", form(part(action), part(action))],
    [
      "an action with values in React's format",
      form(part("$ACTION_REF_1"), part("$ACTION_1:0", '{"id":"a"}')),
    ],
    ["such values beside an action", form(part(action), part("$ACTION_1:0", "[]"))],
    ["a key of React's", form(part(action), part("$ACTION_KEY", "k"))],
    ["an action of another form", form(part("$ACTION_ID_x"))],
    ["a file", form(part(action), part("name", "a", '; filename="a"'))],
    ["another boundary", form(part(action)).replaceAll("--x", "--y")],
    ["no end", part(action)],
    ["nothing like a form", "{}"],
  ])("with %s goes no further", async (_, body) => {
    expect((await post(body)).status).toBe(400);
  });

  it("from elsewhere, or from who knows where, goes no further", async () => {
    const body = form(part(action));
    expect((await post(body, { origin: "https://evil.example" })).status).toBe(403);
    expect((await post(body, { origin: "null" })).status).toBe(403);
    expect((await post(body, { origin: "", "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post(body, { origin: "", "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  it("beyond its bound goes no further", async () => {
    expect((await post(form(part(action), part("name", "a".repeat(65_536))))).status).toBe(422);
  });

  it("is none to another page, of another type, or as React itself would send it", async () => {
    const body = form(part(action));
    expect((await post(body, {}, "/settings")).status).toBe(299);
    expect((await post(body, { "content-type": "text/plain" })).status).toBe(299);
    expect((await post(body, { "next-action": "4f".repeat(21) })).status).toBe(299);
  });
});
