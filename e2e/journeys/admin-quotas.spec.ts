import { readFile } from "node:fs/promises";
import { uniqueText, uploadFile } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

test("whoever runs the instance sees what everybody uses, gives one person more room, and the person has it at once", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const [olga, anna] = [await person("Olga Root"), await person("Anna Quota 🌿")];
  await product.query("UPDATE users SET is_system_admin = true WHERE email = $1", [olga.email]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Secret plans" } });
  await uploadFile(anna.api, id, uniqueText("Secret file.txt"));
  const [annas, olgas] = [await browserOf(anna), await browserOf(olga, { colorScheme: "light" })];
  await annas.goto("/settings");
  const annasCollections = annas.getByRole("main").getByRole("meter", { name: "Collections" });
  await expect(annasCollections).toHaveAttribute("aria-valuetext", "1 of 20");

  await olgas.goto("/");
  await olgas.getByRole("button", { name: "Menu of Olga Root" }).click();
  await olgas.getByRole("menuitem", { name: "Administration" }).click();
  await expect(olgas.getByRole("heading", { name: "Quotas", level: 1 })).toBeVisible();
  await olgas.getByRole("searchbox", { name: "Find by name or address" }).fill(anna.email);
  const rows = olgas.getByRole("list", { name: "People and their quotas" }).locator("> li");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Anna Quota 🌿");
  await expect(rows.getByRole("meter", { name: "Documents" })).toHaveAttribute("aria-valuetext", "1 of 500");
  await look(olgas, "admin-quotas");
  // nothing of what people store
  await expect(olgas.getByText("Secret")).toHaveCount(0);

  const edit = rows.getByRole("button", { name: "Change the limits of Anna Quota 🌿" });
  await edit.focus();
  await olgas.keyboard.press("Enter");
  const sheet = olgas.getByRole("dialog", { name: "Limits of Anna Quota 🌿" });
  await sheet.getByRole("textbox", { name: "Collections" }).fill("many");
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(sheet.getByText("Enter a whole number, or leave it empty.")).toBeVisible();
  await sheet.getByRole("textbox", { name: "Collections" }).fill("50");
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(sheet.getByText("Say why: it stands in the audit log.")).toBeVisible();
  await sheet.getByRole("textbox", { name: "Reason" }).fill("A large archive");
  await look(olgas, "admin-quotas-sheet");
  await olgas.keyboard.press("Enter");
  await expect(sheet).toHaveCount(0);
  await expect(edit).toBeFocused();
  await expect(rows).toContainText("Own limits");
  await expect(rows.getByRole("meter", { name: "Collections" })).toHaveAttribute("aria-valuetext", "1 of 50");
  await expect(annasCollections).toHaveAttribute("aria-valuetext", "1 of 50");

  const download = olgas.waitForEvent("download");
  await olgas.getByRole("button", { name: "Export as CSV" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  expect(text).toContain(anna.email);
  expect(text).not.toContain("Secret");

  tolerate(annas, /403 GET \/api\/v1\/admin/);
  await annas.goto("/admin/quotas");
  await expect(
    annas.getByText("Only administrators of this installation can do this.").first(),
  ).toBeVisible();
  await look(annas, "admin-quotas-refused");
});

test("the quota dashboard fits on a phone, in the dark and in German", async ({
  product,
  person,
  browserOf,
}) => {
  const olga = await person("Olga Root");
  await product.query("UPDATE users SET is_system_admin = true, language = 'de' WHERE email = $1", [
    olga.email,
  ]);
  const page = await browserOf(olga, {
    viewport: { width: 390, height: 844 },
    colorScheme: "dark",
    locale: "de-DE",
  });
  await page.goto("/admin/quotas");
  await expect(page.getByRole("heading", { name: "Kontingente", level: 1 })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.getByText("Als Tabelle zeigen").first().click();
  await look(page, "admin-quotas-phone");
  await page.getByRole("button", { name: "Grenzen von", exact: false }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look(page, "admin-quotas-sheet-phone");
});
