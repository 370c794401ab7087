import type { Page } from "@playwright/test";
import { type Person, uniqueText, uploadFile, whenProcessed } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

/** What an open page learns of by itself, it shows within this time on a machine that has nothing else to do. */
const soon = { timeout: 3_000 };

const share = async (
  owner: Person,
  collectionId: string,
  { email }: Person,
  role = "viewer",
): Promise<string> => {
  const path = `/collections/${collectionId}/collaborators`;
  return (await owner.api.must("POST", path, { body: { email, role } })).id;
};

/** Opens a page and waits until it hears what happens. */
async function openLive(page: Page, path: string): Promise<void> {
  const stream = page.waitForResponse((response) => response.url().endsWith("/api/v1/events"));
  await page.goto(path);
  expect((await stream).status()).toBe(200);
}

test("what others do shows on an open page, and who is removed sees the refusal", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, ben] = [await person("Anna Berg"), await person("Ben Klein")];
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Field notes" } });

  const bens = await browserOf(ben);
  await openLive(bens, "/shared");
  const grantId = await share(anna, id, ben);
  await expect(bens.getByRole("list", { name: "Shared with me" })).toContainText("Field notes", soon);

  await bens.getByRole("link", { name: "Field notes" }).first().click();
  await expect(bens.getByRole("heading", { name: "Field notes", exact: true })).toBeVisible();
  const letter = await uploadFile(anna.api, id, uniqueText("Letter.txt"));
  await expect(bens.getByText("Letter.txt").first()).toBeVisible(soon);
  const renamed = await anna.api.must("PATCH", `/collections/${id}`, {
    body: { version: 1, name: "Field notes 2026" },
  });
  await expect(bens.getByRole("heading", { name: "Field notes 2026", exact: true })).toBeVisible(soon);
  await expect(bens).toHaveTitle(/Field notes 2026/, soon);
  expect(renamed.version).toBe(2);

  await whenProcessed(anna.api, letter.id);
  await openLive(bens, `/documents/${letter.id}`);
  await expect(bens.getByRole("heading", { name: "Letter.txt", level: 1 })).toBeAttached();
  tolerate(bens, /^40[34] GET \/api\/v1\//);
  const began = Date.now();
  await anna.api.must("DELETE", `/collections/${id}/collaborators/${grantId}`);
  await expect(bens.getByText("You can’t open this").first()).toBeVisible(soon);
  console.log(`removal showed after ${Date.now() - began} ms`);
  await expect(bens.getByText("Letter.txt")).toHaveCount(0);
  await look(bens, "live-removed");
});
