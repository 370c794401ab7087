import type { Locator, Page } from "@playwright/test";
import { type Person, uniqueText, uploadFile, whenProcessed } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

const password = "correct horse battery";
const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

const copiedText = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

async function collectionOf({ api }: Person, name = "Field notes"): Promise<string> {
  const { id } = await api.must("POST", "/collections", { body: { name } });
  return id;
}

async function openDialog(page: Page, path: string, name: string): Promise<Locator> {
  await page.goto(path);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Share “${name}”` });
  await expect(dialog.getByRole("button", { name: "New link" })).toBeVisible();
  return dialog;
}

test("Anna makes a link by keyboard, gives it a password and an end, and a stranger reads until she revokes it", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const id = await collectionOf(anna);
  const letter = await uploadFile(anna.api, id, uniqueText("Letter.txt", "Dear all, the heron is back."));
  await whenProcessed(anna.api, letter.id);
  const page = await browserOf(anna, clipboard);
  const dialog = await openDialog(page, `/collections/${id}`, "Field notes");
  const { keyboard } = page;

  // one press makes and copies it
  await dialog.getByRole("button", { name: "New link" }).focus();
  await keyboard.press("Enter");
  const links = dialog.getByRole("list", { name: "Links" });
  await expect(links.getByRole("listitem")).toHaveCount(1);
  await expect(links).toContainText("Copied. Anyone who has it can view, without an end.");
  await expect(dialog.getByRole("status")).toHaveText(
    "A link is made and copied. Anyone who has it can view, without an end.",
  );
  const url = await copiedText(page);
  expect(url).toContain("/share/");
  await look(page, "share-links-made");

  // the focus is on it: its settings, in the same dialog
  await expect(links.getByRole("button", { name: /^Settings of “Link of / })).toBeFocused();
  await keyboard.press("Enter");
  const settings = page.getByRole("dialog", { name: /^Settings of “/ });
  await expect(settings).toContainText("Each change holds at once");
  await expect(page.getByRole("dialog")).toHaveCount(1);
  await settings.getByLabel("Name", { exact: true }).focus();
  await keyboard.type("Press copy");
  await keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Settings of “Press copy”" })).toBeVisible();
  await settings.getByRole("combobox", { name: "Access ends" }).focus();
  await keyboard.press("Enter");
  await page.getByRole("option", { name: "in 7 days" }).press("Enter");
  await expect(settings).toContainText("Open until");
  await settings.getByRole("button", { name: "Set a password" }).focus();
  await keyboard.press("Enter");
  await expect(settings.getByLabel("New password")).toBeFocused();
  await keyboard.type("short");
  await keyboard.press("Enter");
  await expect(settings.getByLabel("New password")).toHaveAttribute("aria-invalid", "true");
  await look(page, "share-links-settings");
  await settings.getByLabel("New password").fill(password);
  await keyboard.press("Enter");
  await expect(settings).toContainText("Visitors need a password.");
  await expect(settings.getByRole("button", { name: "Change password" })).toBeFocused();
  await settings.getByRole("button", { name: "QR code" }).press("Enter");
  await expect(settings.getByRole("img", { name: "QR code of this link" })).toBeVisible();
  await settings.getByRole("button", { name: "Back" }).press("Enter");
  const row = links.getByRole("listitem");
  await expect(row.getByRole("button", { name: "Settings of “Press copy”" })).toBeFocused();
  await expect(row).toContainText(/Viewer · password · ends .* · not opened yet/);

  // a stranger opens it
  const stranger = await browserOf();
  tolerate(stranger, /403 POST \/api\/v1\/share/);
  await stranger.goto(url);
  await expect(stranger.getByRole("heading", { name: "This link has a password" })).toBeVisible();
  await stranger.getByLabel("Password", { exact: true }).fill("a wrong one");
  await stranger.keyboard.press("Enter");
  await expect(stranger.getByText("This is not the password of this link.")).toBeVisible();
  await stranger.getByLabel("Password", { exact: true }).fill(password);
  await stranger.keyboard.press("Enter");
  await expect(stranger.getByRole("heading", { name: "Field notes", level: 1 })).toBeVisible();
  await stranger.getByRole("link", { name: "Letter.txt" }).click();
  await expect(stranger.getByText("the heron is back", { exact: false })).toBeVisible();
  // and Anna's dialog counts it by itself
  await expect(row).toContainText("· 1 visit");

  // revoked, after being asked in the list
  await row.getByRole("button", { name: "More actions for “Press copy”" }).focus();
  await keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Revoke…" }).press("Enter");
  const question = dialog.getByRole("group", { name: "Revoke “Press copy”?" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await look(page, "share-links-revoke");
  await keyboard.press("Enter");
  await expect(question).toHaveCount(0);
  const more = row.getByRole("button", { name: "More actions for “Press copy”" });
  await expect(more).toBeFocused();
  await row.getByRole("button", { name: "More actions for “Press copy”" }).press("Enter");
  await page.getByRole("menuitem", { name: "Revoke…" }).press("Enter");
  await question.getByRole("button", { name: "Revoke" }).press("Enter");
  await expect(dialog.getByRole("status")).toHaveText(
    "The link “Press copy” is revoked. It opens nothing any more.",
  );
  await expect(dialog).toContainText("No links yet.");
  await expect(dialog.getByRole("heading", { name: "Links" })).toBeFocused();
  tolerate(stranger, /410 GET \/(api\/v1\/)?share\//);
  const answer = await stranger.reload();
  expect(answer!.status()).toBe(410);
  await expect(stranger.getByRole("heading", { name: "This link is closed" })).toBeVisible();
});

test("links that others make, change and revoke show in an open dialog", async ({ person, browserOf }) => {
  const anna = await person("Anna Berg");
  const id = await collectionOf(anna);
  const page = await browserOf(anna, clipboard);
  const stream = page.waitForResponse((response) => response.url().endsWith("/api/v1/events"));
  const dialog = await openDialog(page, `/collections/${id}`, "Field notes");
  await stream;
  const made = await anna.api.must("POST", `/collections/${id}/share-links`, {
    body: { name: "Press", maxUses: 1 },
  });
  const row = dialog.getByRole("list", { name: "Links" }).getByRole("listitem");
  await expect(row).toContainText("Press");
  await expect(row).toContainText("0 of 1 visit");
  await row.getByRole("button", { name: "Settings of “Press”" }).click();
  const settings = page.getByRole("dialog", { name: /^Settings of/ });
  await anna.api.must("PATCH", `/share-links/${made.id}`, { body: { name: "Media" } });
  await expect(settings.getByLabel("Name", { exact: true })).toHaveValue("Media");
  // the one visit it lets in
  const stranger = await browserOf();
  await stranger.goto(made.url);
  await expect(settings).toContainText(/· 1 visit/);
  await settings.getByRole("button", { name: "Back" }).click();
  await expect(row).toContainText("Used up");
  await row.getByRole("button", { name: "Settings of “Media”" }).click();
  await anna.api.must("DELETE", `/share-links/${made.id}`);
  await expect(settings.getByRole("alert")).toHaveText("This link is revoked. It opens nothing any more.");
  await settings.getByRole("button", { name: "Back" }).click();
  await expect(dialog.getByRole("heading", { name: "Links" })).toBeFocused();
});

test("what is refused is taken back and said, and a new address ends the old one", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const id = await collectionOf(anna);
  const made = await anna.api.must("POST", `/collections/${id}/share-links`, { body: { name: "Press" } });
  const page = await browserOf(anna, clipboard);
  const dialog = await openDialog(page, `/collections/${id}`, "Field notes");
  const row = dialog.getByRole("list", { name: "Links" }).getByRole("listitem");
  tolerate(page, /503 (DELETE|PATCH|POST) /);
  tolerate(page, /ERR_FAILED/);
  await page.route("**/api/v1/share-links/**", (route) => route.abort());
  await row.getByRole("button", { name: "More actions for “Press”" }).click();
  await page.getByRole("menuitem", { name: "Revoke…" }).click();
  await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(row.getByRole("alert")).toHaveText(/“Press” is not revoked\. The server could not be reached/);
  await row.getByRole("button", { name: "Settings of “Press”" }).click();
  const settings = page.getByRole("dialog", { name: "Settings of “Press”" });
  const download = settings.getByRole("checkbox", { name: "Visitors may download" });
  await download.click();
  await expect(settings.getByRole("alert")).toContainText("“Press” is unchanged.");
  await expect(download).toBeChecked();
  await page.unroute("**/api/v1/share-links/**");
  await download.click();
  await expect(settings.getByRole("checkbox", { name: "The visitor’s name on every page" })).toBeChecked();
  await expect(download).not.toBeChecked();
  await settings.getByRole("button", { name: "Back" }).click();
  await expect(row).toContainText("for looking only");

  await row.getByRole("button", { name: "More actions for “Press”" }).click();
  await page.getByRole("menuitem", { name: "New address…" }).click();
  await dialog.getByRole("button", { name: "New address", exact: true }).click();
  await expect(dialog.getByRole("status")).toHaveText(
    "“Press” has a new address, and it is copied. The old one opens nothing any more.",
  );
  const url = await copiedText(page);
  expect(url).not.toBe(made.url);
  const [old, now] = await Promise.all([fetch(made.url), fetch(url)]);
  expect([old.status, now.status]).toEqual([404, 200]);
});

test("a document’s links open once its access lets them, and a protected collection has none", async ({
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const id = await collectionOf(anna);
  const letter = await uploadFile(anna.api, id, uniqueText("Letter.txt"));
  await whenProcessed(anna.api, letter.id);
  const page = await browserOf(anna, clipboard);
  const dialog = await openDialog(page, `/documents/${letter.id}`, "Letter.txt");
  await dialog.getByRole("button", { name: "New link" }).click();
  const row = dialog.getByRole("list", { name: "Links" }).getByRole("listitem");
  await expect(row).toContainText("Copied. It opens nothing yet: see above.");
  await expect(row).toContainText("Opens nothing now");
  const url = await copiedText(page);
  expect((await fetch(url)).status).toBe(404);
  await expect(dialog).toContainText(
    "Links to this document open nothing while its access is “As the collection”.",
  );
  await look(page, "share-links-mode");
  await dialog.getByRole("button", { name: "Let links open it" }).click();
  await expect(row).not.toContainText("Opens nothing now");
  await expect(dialog.getByRole("button", { name: "Let links open it" })).toHaveCount(0);
  expect((await fetch(url)).status).toBe(200);

  const around = await openDialog(page, `/collections/${id}`, "Field notes");
  await around.getByRole("checkbox", { name: "Protected" }).click();
  await expect(around).toContainText("This collection is protected, so it can’t have links.");
  await expect(around.getByRole("button", { name: "New link" })).toHaveCount(0);
  await page.goto(`/documents/${letter.id}`);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText(
    "The collection is protected, so nothing in it can have links.",
  );
  expect((await fetch(url)).status).toBe(410);
});

test("whoever may not manage access sees nothing of links", async ({ person, browserOf }) => {
  const [anna, ben] = [await person("Anna Berg"), await person("Ben Klein")];
  const id = await collectionOf(anna);
  await anna.api.must("POST", `/collections/${id}/share-links`, { body: { name: "Press" } });
  await anna.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: ben.email, role: "editor" },
  });
  const page = await browserOf(ben);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`/collections/${id}`);
  await page.getByRole("button", { name: "Access", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Access to “Field notes”" });
  await expect(dialog.getByRole("listitem").filter({ hasText: "Anna Berg" })).toBeVisible();
  await expect(dialog.getByRole("heading", { name: /^Links/ })).toHaveCount(0);
  await expect(dialog).not.toContainText("Press");
  expect(asked.filter((url) => url.includes("share-links"))).toEqual([]);
});

test("an admin finds and revokes every link of the workspace, without seeing what is closed to them", async ({
  person,
  browserOf,
}) => {
  const [anna, ben] = [await person("Anna Berg"), await person("Ben Klein")];
  await anna.api.must("POST", "/workspace/invitations", { body: { emails: [ben.email], role: "member" } });
  const offers = await ben.api.must("GET", "/me/workspace-invitations");
  await ben.api.must("POST", `/me/workspace-invitations/${offers.items[0].id}/accept`);
  // Ben's own: Anna, who is the admin, may open nothing of it
  const letters = await collectionOf(ben, "Letters");
  const secret = await uploadFile(ben.api, letters, uniqueText("Secret.txt"));
  await ben.api.must("PUT", `/documents/${secret.id}/access-mode`, { body: { mode: "link" } });
  const closed = await ben.api.must("POST", `/documents/${secret.id}/share-links`, {
    body: { name: "For Carla", password },
  });
  const own = await collectionOf(anna);
  await anna.api.must("POST", `/collections/${own}/share-links`, { body: { name: "Press", maxUses: 3 } });

  const page = await browserOf(anna);
  const stream = page.waitForResponse((response) => response.url().endsWith("/api/v1/events"));
  await page.goto("/settings/links");
  await stream;
  const list = page.getByRole("list", { name: "Links of this workspace" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  const theirs = list.getByRole("listitem").filter({ hasText: "For Carla" });
  await expect(theirs).toContainText("A document in “Letters”");
  await expect(theirs).toContainText("by Ben Klein");
  await expect(theirs).toContainText("Viewer · password · not opened yet");
  await expect(theirs.getByRole("link")).toHaveCount(0);
  await expect(page.getByText("Secret.txt")).toHaveCount(0);
  expect(await page.content()).not.toContain(closed.token);
  await expect(list.getByRole("link", { name: "Field notes" })).toBeVisible();
  await look(page, "workspace-links");

  // narrowed, and what is made meanwhile shows by itself
  const find = page.getByRole("searchbox", { name: "Find by name" });
  await find.fill("secret");
  await expect(page.getByText("No link like this")).toBeVisible();
  await find.fill("");
  await ben.api.must("POST", `/collections/${letters}/share-links`, { body: { name: "Second" } });
  await expect(list.getByRole("listitem")).toHaveCount(3);
  await page.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "Used up" }).click();
  await expect(page.getByText("No link like this")).toBeVisible();
  await page.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "All" }).click();

  // by keyboard
  await theirs.getByRole("button", { name: /^Revoke the link to A document in “Letters”/ }).focus();
  await page.keyboard.press("Enter");
  const question = page.getByRole("alertdialog", { name: /^Revoke this link/ });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await look(page, "workspace-links-revoke");
  await question.getByRole("button", { name: "Revoke" }).press("Enter");
  await expect(list.getByRole("listitem")).toHaveCount(2);
  // the line goes ahead of the answer
  await expect(page.getByText("The link to A document in “Letters” is revoked.")).toBeVisible();
  expect((await fetch(closed.url)).status).toBe(410);
  const { items } = await anna.api.must("GET", "/audit?workspace&action=link.revoked");
  expect(items[0].metadata).toMatchObject({ name: "For Carla", because: "workspace_admin" });

  // who is no admin is told so
  const bens = await browserOf(ben);
  await bens.goto("/settings/people");
  await expect(
    bens.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Links" }),
  ).toHaveCount(0);
});

test("what links answer is for no search engine", async ({ person, product }) => {
  const anna = await person("Anna Berg");
  const id = await collectionOf(anna);
  const { token } = await anna.api.must("POST", `/collections/${id}/share-links`, { body: {} });
  for (const path of [`/share/${token}`, `/s/${token}`, `/api/v1/share/${token}`, "/share/none", "/s/none"]) {
    const answer = await fetch(product.url + path, { redirect: "manual" });
    expect([path, answer.headers.get("x-robots-tag")]).toEqual([path, "noindex"]);
  }
  expect((await fetch(`${product.url}/sign-in`)).headers.get("x-robots-tag")).toBeNull();
});
