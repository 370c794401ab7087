import type { Page } from "@playwright/test";
import { type Person, uniqueText, uploadFile } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

const tile = (page: Page, name: string) =>
  page.getByRole("list", { name: "Documents" }).getByRole("link", { name });
const nav = (page: Page) => page.getByRole("navigation", { name: "Main" });
const said = (page: Page, text: string | RegExp) =>
  page.getByRole("region", { name: /^Messages/ }).getByText(text);

async function makeCollection({ api }: Person, name: string): Promise<string> {
  return (await api.must<{ id: string }>("POST", "/collections", { body: { name } })).id;
}
const put = (person: Person, collection: string, name: string) =>
  uploadFile(person.api, collection, { ...uniqueText(name), name });

test("documents are moved by menu, keyboard and mouse, and it is taken back", async ({
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const ben = await person("Ben Adler");
  const drafts = await makeCollection(anna, "Drafts");
  const archive = await makeCollection(anna, "Äpfel und Archiv");
  for (let i = 1; i <= 6; i++) await makeCollection(anna, `Shelf ${i}`);
  for (const name of ["One.txt", "Two.txt", "Three.txt", "Four.txt"]) await put(anna, drafts, name);
  await anna.api.must("POST", `/collections/${archive}/collaborators`, {
    body: { email: ben.email, role: "viewer" },
  });
  const bens = await browserOf(ben);
  await bens.goto(`/collections/${archive}`);
  await expect(bens.getByText("This collection is empty")).toBeVisible();

  const page = await browserOf(anna);
  await page.goto(`/collections/${drafts}`);
  // by menu
  await page.getByRole("button", { name: "Actions for “One.txt”" }).click();
  await page.getByRole("menuitem", { name: "Move to…" }).click();
  const dialog = page.getByRole("dialog", { name: "Move “One.txt”" });
  const search = dialog.getByRole("combobox", { name: "Find a collection" });
  await expect(search).toBeFocused();
  await expect(dialog.getByRole("option")).toHaveCount(8);
  await expect(dialog.getByRole("option", { name: "Drafts" })).toHaveAttribute("aria-disabled", "true");
  await look(page, "move-dialog");
  await search.fill("äpf");
  await expect(dialog.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(said(page, "“One.txt” is in “Äpfel und Archiv” now.")).toBeVisible();
  await expect(tile(page, "One.txt")).toHaveCount(0);
  // whoever has the other collection open sees it come
  await expect(tile(bens, "One.txt")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(tile(page, "One.txt")).toBeVisible();
  await expect(tile(bens, "One.txt")).toHaveCount(0);

  // several, by keyboard alone
  await tile(page, "Two.txt").focus();
  await page.keyboard.press("x");
  await tile(page, "Three.txt").focus();
  await page.keyboard.press("x");
  await look(page, "selection-bar");
  await page.keyboard.press("m");
  const many = page.getByRole("dialog", { name: "Move 2 documents" });
  await expect(many.getByRole("option").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(many).toHaveCount(0);
  await expect(tile(page, "Three.txt")).toBeFocused();
  await page.keyboard.press("m");
  await expect(many.getByRole("option", { name: "Shelf 1" })).toBeVisible();
  await page.keyboard.type("shelf");
  await expect(many.getByRole("option")).toHaveCount(6);
  const meant = many.getByRole("option", { selected: true });
  await expect(meant).toHaveText("Shelf 1");
  await page.keyboard.press("ArrowDown");
  await expect(meant).toHaveText("Shelf 2");
  await page.keyboard.press("ArrowDown");
  await expect(meant).toHaveText("Shelf 3");
  await page.keyboard.press("Enter");
  await expect(said(page, "2 documents are in “Shelf 3” now.")).toBeVisible();
  await expect(tile(page, "Two.txt")).toHaveCount(0);
  await expect(nav(page).getByRole("link", { name: /^Shelf 3/ })).toHaveAccessibleName(/2 documents/);

  // by mouse, onto the side bar
  await tile(page, "Four.txt").dragTo(nav(page).getByRole("link", { name: /^Äpfel/ }));
  await expect(said(page, "“Four.txt” is in “Äpfel und Archiv” now.")).toBeVisible();
  await expect(tile(bens, "Four.txt")).toBeVisible();

  // from its own page, which stays
  await tile(page, "One.txt").click();
  const crumbs = page.getByRole("navigation", { name: "Breadcrumb" });
  await expect(crumbs.getByRole("link", { name: "Drafts" })).toBeVisible();
  await page.keyboard.press("m");
  await page.getByRole("combobox", { name: "Find a collection" }).fill("shelf 5");
  await page.getByRole("option", { name: "Shelf 5" }).click();
  await expect(crumbs.getByRole("link", { name: "Shelf 5" })).toBeVisible();
});

test("what may not be moved stays, and is told by name", async ({ person, browserOf }) => {
  const anna = await person("Anna Berg");
  const ben = await person("Ben Adler");
  const shared = await makeCollection(anna, "Together");
  const own = await makeCollection(ben, "Ben’s");
  await anna.api.must("POST", `/collections/${shared}/collaborators`, {
    body: { email: ben.email, role: "editor" },
  });
  await put(anna, shared, "Hers.txt");
  await put(ben, shared, "His.txt");
  const page = await browserOf(ben, { viewport: { width: 390, height: 780 } });
  await page.goto(`/collections/${shared}`);
  await tile(page, "Hers.txt").focus();
  await page.keyboard.press("mod+a".replace("mod", "Control"));
  await expect(page.getByRole("toolbar")).toContainText("2 selected");
  await look(page, "selection-bar-phone");
  await page.getByRole("button", { name: "Move 1 to…" }).click();
  await look(page, "move-dialog-phone");
  // she takes his role away while he looks for the place
  const { items } = await anna.api.must<{ items: { id: string; email: string }[] }>(
    "GET",
    `/collections/${shared}/collaborators`,
  );
  await expect(page.getByRole("option", { name: "Ben’s" })).toBeVisible();
  await page.route("**/api/v1/documents/move", async (route) => {
    const grant = items.find(({ email }) => email === ben.email)!;
    await anna.api.must("PATCH", `/collections/${shared}/collaborators/${grant.id}`, {
      body: { role: "viewer" },
    });
    await route.continue();
  });
  await page.getByRole("option", { name: "Ben’s" }).click();
  // it is his own file all the same
  await expect(said(page, "“His.txt” is in “Ben’s” now.")).toBeVisible();
  await page.goto(`/collections/${own}`);
  await expect(tile(page, "His.txt")).toBeVisible();
  await page.unrouteAll();
  await page.getByRole("button", { name: "Actions for “His.txt”" }).click();
  await page.getByRole("menuitem", { name: "Move to…" }).click();
  // what he may only read is not offered
  await expect(page.getByRole("option", { name: "Ben’s" })).toBeVisible();
  await expect(page.getByRole("option", { name: "Together" })).toHaveCount(0);
});
