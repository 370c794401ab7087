import { uniqueText, uploadFile } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

test("what others share is found by person, role and type, hidden, shown again, and comes by itself", async ({
  person,
  browserOf,
}) => {
  const [anna, carla, ben] = await Promise.all([
    person("Anna Berg"),
    person("Carla Ito"),
    person("Ben Klein"),
  ]);
  const bens = await browserOf(ben);
  await bens.goto("/shared");
  await expect(bens.getByText("Nothing has been shared with you yet", { exact: true })).toBeVisible();
  await look(bens, "shared-empty");

  // it comes without a reload
  const give = async (owner: typeof anna, name: string, role: string) => {
    const { id } = await owner.api.must("POST", "/collections", { body: { name } });
    await owner.api.must("POST", `/collections/${id}/collaborators`, { body: { email: ben.email, role } });
    return String(id);
  };
  await give(anna, "Maps", "editor");
  const list = bens.getByRole("list", { name: "Shared with me" });
  await expect(list.getByRole("link", { name: "Maps" })).toBeVisible();
  await give(carla, "Atlas", "viewer");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Not given" } });
  const letter = await uploadFile(anna.api, id, uniqueText("Letter.txt"));
  await anna.api.must("POST", `/documents/${letter.id}/collaborators`, {
    body: { email: ben.email, role: "commenter" },
  });
  const names = () => list.getByRole("listitem").getByRole("link").allTextContents();
  await expect(list.getByRole("listitem")).toHaveCount(3);
  expect(await names()).toEqual(["Letter.txt", "Atlas", "Maps"]);
  await expect(list.getByRole("listitem").first()).toContainText("Anna Berg");
  await look(bens, "shared-full");

  // filters and order, which stay in the address
  const choose = async (filter: string, option: string) => {
    await bens.getByRole("combobox", { name: filter }).click();
    await bens.getByRole("option", { name: option }).click();
  };
  await choose("Order", "By name");
  await expect.poll(names).toEqual(["Atlas", "Letter.txt", "Maps"]);
  await choose("Shared by", "Anna Berg");
  await expect.poll(names).toEqual(["Letter.txt", "Maps"]);
  await choose("Type", "Collections");
  await expect.poll(names).toEqual(["Maps"]);
  await bens.reload();
  await expect.poll(names).toEqual(["Maps"]);
  await choose("My role", "Viewer");
  await expect(bens.getByText("Nothing fits", { exact: true })).toBeVisible();
  await look(bens, "shared-no-match");
  await bens.getByRole("button", { name: "Clear filters" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(3);

  // hidden by keyboard: the next line has the focus, and the access stays
  await bens.getByRole("button", { name: "Hide Atlas" }).focus();
  await bens.keyboard.press("Enter");
  await expect(list.getByRole("link", { name: "Atlas" })).toHaveCount(0);
  await expect(bens.getByRole("button", { name: "Hide Maps" })).toBeFocused();
  await bens.getByRole("button", { name: "Show hidden" }).click();
  await expect(bens.getByRole("heading", { name: "Hidden from “Shared with me”" })).toBeVisible();
  await look(bens, "shared-hidden");
  await list.getByRole("link", { name: "Atlas" }).click();
  await expect(bens.getByRole("heading", { name: "Atlas", level: 1 })).toBeVisible();
  await bens.goto("/shared?hidden=true");
  await bens.getByRole("button", { name: "Show Atlas again" }).click();
  await expect(bens.getByText("Nothing is hidden", { exact: true })).toBeVisible();
  await bens.getByRole("button", { name: "Back to the list" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(3);
});

test("on a phone, in the dark, in German", async ({ person, browserOf }) => {
  const [anna, ben] = await Promise.all([person("Anna Berg-Hohenlohe"), person("Ben Klein")]);
  await ben.api.must("PATCH", "/settings", { body: { language: "de" } });
  for (const [name, role] of [
    ["Feldnotizen 2026, dritter Band, mit allen Karten und Registern", "editor"],
    ["Briefe", "viewer"],
  ]) {
    const { id } = await anna.api.must("POST", "/collections", { body: { name } });
    await anna.api.must("POST", `/collections/${id}/collaborators`, { body: { email: ben.email, role } });
  }
  const phone = await browserOf(ben, {
    ...{ viewport: { width: 360, height: 740 }, colorScheme: "dark", locale: "de-DE" },
  });
  await phone.goto("/shared");
  await expect(phone.getByRole("list", { name: "Mit mir geteilt" }).getByRole("listitem")).toHaveCount(2);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await look(phone, "shared-phone");
});
