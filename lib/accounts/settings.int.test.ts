import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { updateSettings } from "./index.ts";
import { handleSchema, updateSettingsSchema } from "./schema.ts";
import { signedIn } from "./test-support.ts";

const newHandle = () => `ada_${randomBytes(6).toString("hex")}`;

it("keeps a handle in lower case, and takes it away again", async () => {
  const { actor } = await signedIn();
  const handle = newHandle();
  const input = updateSettingsSchema.parse({ handle: ` ${handle.toUpperCase()} ` });
  expect((await updateSettings(actor, input)).profile.handle).toBe(handle);
  expect((await updateSettings(actor, { name: "Countess" })).profile).toMatchObject({
    handle,
    name: "Countess",
  });
  expect((await updateSettings(actor, { handle: null })).profile.handle).toBeNull();
});

it("gives a handle to one of two who want it at once", async () => {
  const [one, other] = [await signedIn(), await signedIn()];
  const handle = newHandle();
  const settled = await Promise.allSettled(
    [one, other].map(({ actor }) => updateSettings(actor, { handle })),
  );
  expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(settled.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "invalid_input", details: { errors: [{ path: "handle", message: "handle_taken" }] } },
  });
});

it.each(["ab", "a".repeat(31), "a b", "ä-ö-ü", "a@b", "anna."])("takes no %j for a handle", (handle) => {
  expect(handleSchema.safeParse(handle).success).toBe(false);
});
