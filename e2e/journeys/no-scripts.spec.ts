import { expect, test } from "../support/test.ts";

test("without scripts somebody signs up, makes a collection, renames it and gives access to it", async ({
  stranger,
  browserOf,
  tolerate,
}) => {
  const anna = stranger("Anna Berg");
  const page = await browserOf(undefined, { javaScriptEnabled: false });
  // scripts are announced to every browser, and refused by this one
  tolerate(page, /^csp GET \/_next\/static\//);
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(anna.name);
  await page.getByLabel("E-mail address").fill(anna.email);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  // what is wrong stands at its field, and what was typed is kept, but for the password
  await expect(page.getByLabel("E-mail address")).toHaveValue(anna.email);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Password", { exact: true }).fill(anna.password);
  await page.getByRole("button", { name: "Create account" }).click();

  const creation = page.locator("form", { has: page.getByLabel("Description") });
  await creation.getByLabel("Name").fill("Field notes");
  await creation.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/\/collections\/[0-9a-f-]{36}$/);
  await expect(page).toHaveTitle(/Field notes/);

  const renaming = page.locator("form", { has: page.getByRole("button", { name: "Save" }) });
  await expect(renaming.getByLabel("Name")).toHaveValue("Field notes");
  await renaming.getByLabel("Name").fill("");
  await renaming.getByRole("button", { name: "Save" }).click();
  await expect(renaming.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  await renaming.getByLabel("Name").fill("Field notes 2026");
  await renaming.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveTitle(/Field notes 2026/);

  const address = `ben-${crypto.randomUUID()}@example.net`;
  await page.getByLabel("E-mail address").fill(address);
  await page.getByRole("radio", { name: "Editor" }).check();
  await page.getByRole("button", { name: "Invite" }).click();
  // Playwright finds nothing by its text alone in what is for browsers without scripts
  await expect(page.locator("noscript").getByRole("status")).toHaveText(`${address} is added.`);

  const id = page.url().split("/").at(-1)!;
  const seen = await page.request.get(`/api/v1/collections/${id}/collaborators`);
  const grants: { items: { email: string | null; role: string }[] } = await seen.json();
  expect(grants.items).toContainEqual(expect.objectContaining({ email: address, role: "editor" }));
});
