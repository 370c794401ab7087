import { describe, expect, it } from "vitest";
import { makePerson } from "#prisma/factories.ts";
import { POST as unsubscribeRoute, GET as openRoute } from "#app/api/v1/unsubscribe/route.ts";
import {
  changeNotificationPreferences,
  describeUnsubscription,
  getNotificationPreferences,
  unsubscribe,
} from "./index.ts";
import { unsubscribeToken, unsubscribeUrl } from "./unsubscribe.ts";

const mailsOf = async (person: Parameters<typeof getNotificationPreferences>[0]) =>
  Object.fromEntries((await getNotificationPreferences(person)).kinds.map(({ kind, mail }) => [kind, mail]));

describe("a link from a mail", () => {
  it("ends a kind by the POST of a mail program, without a session, and again", async () => {
    const person = await makePerson();
    await changeNotificationPreferences(person, { kinds: [{ kind: "shared", inApp: false }] });
    const url = unsubscribeUrl({ userId: person.id, kinds: ["shared"] });
    for (let time = 0; time < 2; time++) {
      const request = new Request(url, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "List-Unsubscribe=One-Click",
      });
      const response = await unsubscribeRoute(request, { params: Promise.resolve({}) });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ scope: "kinds", kinds: ["shared"] });
    }
    expect(await mailsOf(person)).toMatchObject({
      shared: "never",
      roleChanged: "now",
      documentsAdded: "daily",
    });
    const { kinds } = await getNotificationPreferences(person);
    expect(kinds.find(({ kind }) => kind === "shared")?.inApp).toBe(false);
  });

  it("opened changes nothing and leads to the page", async () => {
    const person = await makePerson();
    const token = unsubscribeToken({ userId: person.id, kinds: ["shared"] });
    const response = await openRoute(new Request(`http://localhost:3000/api/v1/unsubscribe?token=${token}`), {
      params: Promise.resolve({}),
    });
    expect([response.status, response.headers.get("location")]).toEqual([302, `/unsubscribe?token=${token}`]);
    expect(await mailsOf(person)).toMatchObject({ shared: "now" });
    expect(describeUnsubscription(token)).toEqual({ scope: "kinds", kinds: ["shared"] });
  });

  it("ends all that comes daily, and nothing else", async () => {
    const person = await makePerson();
    await changeNotificationPreferences(person, { kinds: [{ kind: "shared", mail: "daily" }] });
    await unsubscribe(unsubscribeToken({ userId: person.id, kinds: "daily" }));
    expect(await mailsOf(person)).toMatchObject({
      shared: "never",
      documentsAdded: "never",
      roleChanged: "now",
    });
  });

  it("is refused where it was changed, cut or made up, and does nothing for whoever is gone", async () => {
    const person = await makePerson();
    const token = unsubscribeToken({ userId: person.id, kinds: ["shared"] });
    const bytes = Buffer.from(token, "base64url");
    const forged = [
      ...[0, 10, 25, bytes.length - 3].map((at) => {
        const other = Buffer.from(bytes);
        other[at] = other[at]! ^ 1;
        return other.toString("base64url");
      }),
      ...[
        "",
        "a",
        token.slice(0, -4),
        Buffer.concat([Buffer.alloc(20), bytes.subarray(20)]).toString("base64url"),
      ],
    ];
    for (const wrong of forged) {
      await expect(unsubscribe(wrong)).rejects.toMatchObject({
        code: "invalid_input",
        reason: "unsubscribe_token",
      });
    }
    expect(await mailsOf(person)).toMatchObject({ shared: "now" });
    await unsubscribe(
      unsubscribeToken({ userId: "019a0000-0000-7000-8000-000000000000", kinds: ["shared"] }),
    );
  });
});
