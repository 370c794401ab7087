import type { Page } from "@playwright/test";
import { expect, test } from "../support/test.ts";

test("two people describe a collection at once: the second looks, reloads or overwrites", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", {
    body: { name: "Herbarium", description: "As it was" },
  });
  const page = await browserOf(anna);
  tolerate(page, /409 PATCH/);
  await page.goto(`/collections/${id}`);
  const conflict = page.getByRole("dialog", { name: "Changed in the meantime" });
  const text = async () => (await anna.api.must("GET", `/collections/${id}`)).description;

  /** Saves a description that was begun before somebody else's, which arrives only once this is sent. */
  const collide = async (theirs: string, mine: string) => {
    await page.getByRole("button", { name: /Edit description/ }).click();
    await page.getByRole("textbox", { name: "Edit description" }).fill(mine);
    await whileHeld(page, async () => {
      const { version } = await anna.api.must("GET", `/collections/${id}`);
      await anna.api.must("PATCH", `/collections/${id}`, { body: { version, description: theirs } });
    });
    await expect(conflict).toContainText(theirs);
    await expect(conflict).toContainText(mine);
  };
  await collide("Theirs, first", "Mine, first");
  await conflict.getByRole("button", { name: "Keep theirs" }).click();
  await expect(page.getByRole("main")).toContainText("Theirs, first");
  expect(await text()).toBe("Theirs, first");

  await collide("Theirs, second", "Mine, second");
  await conflict.getByRole("button", { name: "Back to editing" }).click();
  await expect(page.getByRole("textbox", { name: "Edit description" })).toHaveValue("Mine, second");
  await page.keyboard.press("Escape");
  expect(await text()).toBe("Theirs, second");

  await collide("Theirs, third", "Mine, third");
  await conflict.getByRole("button", { name: "Overwrite with mine" }).click();
  await expect(conflict).toHaveCount(0);
  expect(await text()).toBe("Mine, third");
});

/** Sends the open editor, and does something else before the server hears of it. */
async function whileHeld(page: Page, work: () => Promise<void>) {
  let isDone = false;
  await page.route("**/api/v1/collections/*", async (route) => {
    if (route.request().method() === "PATCH" && !isDone) {
      isDone = true;
      await work();
    }
    await route.continue();
  });
  await page.keyboard.press("ControlOrMeta+Enter");
}
