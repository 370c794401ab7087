import { uniqueText, uploadFile } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

test("the settings of a collection: who has access, what was done, and leaving", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, marc, carla, lena] = await Promise.all(
    ["Anna Berg", "Marc Klein", "Carla Ito", "Lena Fischer"].map(person),
  );
  await product.query(
    "UPDATE users SET workspace_id = (SELECT workspace_id FROM users WHERE email = $1) WHERE email = ANY ($2)",
    [anna!.email, [marc!.email, lena!.email]],
  );
  const { id } = await anna!.api.must("POST", "/collections", { body: { name: "Field notes 2026" } });
  const give = (body: object) => anna!.api.must("POST", `/collections/${id}/collaborators`, { body });
  await give({ email: marc!.email, role: "editor", expiresAt: "2035-01-31T22:59:59Z" });
  await give({ email: carla!.email, role: "viewer" });
  await give({ email: "somebody.new@example.net", role: "commenter" });
  const { id: groupId } = await anna!.api.must("POST", "/groups", { body: { name: "Editorial" } });
  await anna!.api.must("POST", `/groups/${groupId}/members`, { body: { emails: [lena!.email] } });
  await carla!.api.must("GET", `/collections/${id}`);
  await uploadFile(anna!.api, id, uniqueText("Letter.txt"));

  const page = await browserOf(anna);
  await page.goto(`/collections/${id}`);
  await page.getByRole("button", { name: "Actions of this collection" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await expect(page).toHaveTitle(/Settings of “Field notes 2026”/);
  const users = page.getByRole("table", { name: "Users" });
  await expect(users.getByRole("row").filter({ hasText: "Anna Berg (you)" })).toContainText("Owner");
  const marcs = users.getByRole("row").filter({ hasText: "Marc Klein" });
  await expect(marcs).toContainText("Editor");
  await expect(marcs).toContainText("by Anna Berg");
  await expect(marcs).toContainText("31 Jan 2035");
  await expect(users.getByRole("row").filter({ hasText: "somebody.new@example.net" })).toContainText(
    "Invited",
  );
  await expect(users).not.toContainText("Carla Ito");
  await look(page, "collection-settings");

  // by the keyboard from part to part; what is done elsewhere shows here
  await page.getByRole("tab", { name: /^Users/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: /^Groups/ })).toBeFocused();
  await expect(page.getByText("No group has access")).toBeVisible();
  await expect(page).toHaveURL(/\?tab=groups$/);
  await give({ groupId, role: "viewer" });
  const groups = page.getByRole("table", { name: "Groups" });
  await expect(groups.getByRole("row").filter({ hasText: "Editorial" })).toContainText("1 person");
  await page.keyboard.press("ArrowRight");
  const guests = page.getByRole("table", { name: "Guests" });
  await expect(guests.getByRole("row").filter({ hasText: "Carla Ito" })).toContainText("Guest");
  await look(page, "collection-settings-guests");
  await page.keyboard.press("ArrowRight");
  await expect(
    page
      .getByRole("list", { name: "Entries" })
      .or(page.getByText(/gave .*Editorial.* access/))
      .first(),
  ).toBeVisible();
  await look(page, "collection-settings-audit");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("You own this collection, so you can’t leave it.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Move to trash" })).toBeVisible();
  await look(page, "collection-settings-danger");
  // the address leads back to the part
  await page.reload();
  await expect(page.getByRole("tab", { name: "Danger zone" })).toHaveAttribute("aria-selected", "true");

  // who may edit sees who has access, and no log
  const editors = await browserOf(marc);
  await editors.goto(`/collections/${id}/settings?tab=audit`);
  await expect(editors.getByRole("tab", { name: /^Users/ })).toHaveAttribute("aria-selected", "true");
  await expect(editors.getByRole("tab", { name: "Audit" })).toHaveCount(0);

  // who reads may leave, and by which other way they would stay is said
  const lenas = await browserOf(lena);
  await lenas.goto(`/collections/${id}/settings`);
  await expect(lenas.getByRole("tab")).toHaveCount(1);
  await expect(
    lenas.getByText("There is no role of your own to give up: you have access through group Editorial."),
  ).toBeVisible();
  const carlas = await browserOf(carla);
  await carlas.goto(`/collections/${id}/settings`);
  await carlas.getByRole("button", { name: "Leave" }).click();
  tolerate(carlas, /403 GET/);
  await carlas.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
  await expect(carlas.getByText("You left “Field notes 2026”.")).toBeVisible();
  await expect(carlas).toHaveURL("/");
  await expect(async () => {
    await page.getByRole("tab", { name: /^Guests/ }).click();
    await expect(page.getByText("No guests have access")).toBeVisible();
  }).toPass();
  await carlas.goto(`/collections/${id}/settings`);
  await expect(carlas.getByText("You can’t open this collection")).toBeVisible();
});

for (const [looks, options] of Object.entries({
  phone: { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true },
  dark: { colorScheme: "dark" },
  german: { locale: "de-DE" },
} as const)) {
  test(`the settings and the share dialog fit and can be read: ${looks}`, async ({ person, browserOf }) => {
    const anna = await person("Anna Berg");
    const { id } = await anna.api.must("POST", "/collections", {
      body: { name: "Feldnotizen aus den Jahren 2019 bis 2026, mit allen Anhängen" },
    });
    for (const email of [
      "a.person.with.a.very.long.address@some.department.example.org",
      "short@example.org",
    ])
      await anna.api.must("POST", `/collections/${id}/collaborators`, {
        body: { email, role: "commenter", message: "Bitte zuerst Seite 3 lesen." },
      });
    if (looks === "german") await anna.api.must("PATCH", "/settings", { body: { language: "de" } });
    const page = await browserOf(anna, options);
    for (const tab of ["users", "groups", "danger"]) {
      await page.goto(`/collections/${id}/settings?tab=${tab}`);
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await look(page, `${looks}-collection-settings-${tab}`);
      const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overhang, `${tab} reaches beyond the edge`).toBeLessThanOrEqual(0);
    }
    await page.goto(`/collections/${id}`);
    await page.getByRole("button", { name: looks === "german" ? "Teilen" : "Share", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: looks === "german" ? "Nachricht" : "Message" }).click();
    await look(page, `${looks}-share-message`);
    await dialog.getByRole("button", { name: /short@example\.org: (Commenter|Kommentator)/ }).click();
    await page
      .getByRole("menuitem", { name: looks === "german" ? /^Zugriff endet/ : /^Access ends/ })
      .click();
    await expect(dialog.getByRole("group")).toBeVisible();
    await look(page, `${looks}-share-end`);
    await page.keyboard.press("Escape");
    await dialog
      .getByRole("button", { name: looks === "german" ? "Wer kann das sehen?" : "Who can see this?" })
      .click();
    await look(page, `${looks}-who`);
  });
}
