import type { Page } from "@playwright/test";
import { letterPdf } from "../fixtures/pdfs.ts";
import { signInByForm } from "../support/test.ts";
import {
  newcomer,
  type Person,
  uniqueText,
  uploadFile,
  uploadRequest,
  whenProcessed,
} from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

/** What only those who may change things are offered. */
async function expectNoControls(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "Upload" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Edit name" })).toHaveCount(0);
  // a page that one was just led to may not be alive at the first press
  await expect(async () => {
    await page.getByRole("button", { name: "Actions of this collection" }).click({ timeout: 2_000 });
    await expect(page.getByRole("menuitem", { name: "Settings" })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(page.getByRole("menuitem", { name: "Move to trash" })).toHaveCount(0);
  await page.keyboard.press("Escape");
}

/** Every way of changing what somebody was only given to read. */
async function expectRefusals(
  { api }: Person,
  collectionId: string,
  documentId: string,
  status: number,
): Promise<void> {
  const collection = `/collections/${collectionId}`;
  for (const [method, target, body] of [
    ["PATCH", collection, { version: 1, name: "Mine now" }],
    ["DELETE", collection],
    ["DELETE", `${collection}?permanent=true`],
    ["POST", `${collection}/collaborators`, { email: "x@example.org", role: "viewer" }],
    ["POST", "/documents/upload-url", uploadRequest(collectionId, uniqueText())],
    ["PATCH", `/documents/${documentId}`, { version: 1, name: "mine.pdf" }],
    ["DELETE", `/documents/${documentId}`],
    ["DELETE", `/documents/${documentId}?permanent=true`],
  ] as const) {
    const answer = await api.call(method, target, { body });
    expect(answer.body, `${method} ${target}`).toMatchObject({ status, code: "forbidden" });
  }
}

test("an address without an account is invited, reads, becomes an editor, and is removed", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const ben = newcomer(product.url, "Ben Klein");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Field notes 2026" } });
  const bytes = await letterPdf("Only for those who were invited.");
  const letter = await uploadFile(anna.api, id, { name: "Letter.pdf", type: "application/pdf", bytes });
  await whenProcessed(anna.api, letter.id);

  // Anna invites the address
  const annas = await browserOf(anna);
  await annas.goto(`/collections/${id}`);
  await annas.getByRole("button", { name: "Share" }).click();
  const dialog = annas.getByRole("dialog", { name: "Share “Field notes 2026”" });
  await dialog.getByLabel("Add people, groups or e-mail addresses").fill(ben.email);
  await dialog.getByRole("button", { name: "Invite" }).click();
  const row = dialog.getByRole("listitem").filter({ hasText: /Ben Klein|benklein/ });
  await expect(row).toContainText("invited");
  await expect(dialog.getByRole("status")).toHaveText(`${ben.email} is added.`);
  await look(annas, "share-invited");

  // Ben follows the mail, signs up, and finds it
  const bens = await browserOf();
  await bens.goto("/dev/mailbox");
  const mail = bens.getByRole("listitem").filter({ hasText: ben.email });
  await expect(async () => {
    await bens.reload();
    await expect(mail).toContainText("Anna Berg shared “Field notes 2026” with you", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await look(bens, "mailbox");
  await mail.getByRole("link").first().click();
  await expect(bens).toHaveURL(/\/sign-in\?next=/);
  await bens.getByRole("link", { name: "Create an account" }).click();
  await bens.getByLabel("Name").fill(ben.name);
  await bens.getByLabel("E-mail address").fill(ben.email);
  await bens.getByLabel("Password", { exact: true }).fill(ben.password);
  await bens.getByRole("button", { name: "Create account" }).click();
  await expect(bens.getByRole("heading", { name: "Field notes 2026" })).toBeVisible();
  await expect(bens.getByText("Owned by Anna Berg")).toBeVisible();
  await expectNoControls(bens);
  await look(bens, "collection-viewer");
  await bens.getByRole("link", { name: "Shared with me" }).first().click();
  await expect(bens.getByRole("list", { name: "Shared with me" })).toContainText("Field notes 2026");
  await look(bens, "shared");
  await bens
    .getByRole("list", { name: "Shared with me" })
    .getByRole("link", { name: "Field notes 2026" })
    .first()
    .click();
  await bens.getByRole("link", { name: "Letter.pdf" }).first().click();
  await expect(bens.getByRole("document", { name: "Document" })).toContainText(
    "Only for those who were invited.",
    {
      timeout: 20_000,
    },
  );
  await bens.getByRole("button", { name: "Actions for “Letter.pdf”" }).click();
  await expect(bens.getByRole("menuitem", { name: "Download" })).toBeVisible();
  await expect(bens.getByRole("menuitem", { name: "Rename" })).toHaveCount(0);
  await expect(bens.getByRole("menuitem", { name: "Move to trash" })).toHaveCount(0);
  await bens.keyboard.press("Escape");

  // not even past the interface
  expect(await ben.api.signIn(ben.email, ben.password)).toBe(true);
  await expectRefusals(ben, id, letter.id, 403);
  expect((await ben.api.call("GET", `/collections/${id}/collaborators`)).status).toBe(403);
  await bens.goto(`/collections/${id}`);
  await expect(bens.getByRole("button", { name: "Share" })).toHaveCount(0);
  await bens.getByRole("button", { name: "Access", exact: true }).click();
  await expect(bens.getByRole("dialog")).toContainText(
    "Not everyone with access is listed for you. Only Anna Berg and others who manage access can change it.",
  );
  await expect(bens.getByLabel("Add people, groups or e-mail addresses")).toHaveCount(0);
  await look(bens, "share-viewer");

  // Anna makes Ben an editor
  await annas.reload();
  await annas.getByRole("button", { name: "Share" }).click();
  await dialog.getByRole("button", { name: "Role of Ben Klein: Viewer" }).click();
  await annas.getByRole("menuitemradio", { name: /^Editor/ }).click();
  await expect(dialog.getByRole("status")).toHaveText("Ben Klein is now Editor.");
  await expect(dialog.getByRole("button", { name: "Role of Ben Klein: Editor" })).toBeVisible();

  // until a day of her choice, and then without an end again
  const bensRow = dialog.getByRole("listitem").filter({ hasText: "Ben Klein" });
  const bensRole = dialog.getByRole("button", { name: "Role of Ben Klein: Editor" });
  await bensRole.click();
  await annas.getByRole("menuitem", { name: "Access ends: never" }).click();
  const end = dialog.getByRole("group", { name: "When does access for Ben Klein end?" });
  const choice = end.getByRole("combobox", { name: "Access ends" });
  await expect(choice).toBeFocused();
  // nothing covers the dialog, and Escape goes one step back
  await expect(annas.getByRole("dialog")).toHaveCount(1);
  await annas.keyboard.press("Escape");
  await expect(end).toHaveCount(0);
  await expect(bensRole).toBeFocused();
  await annas.keyboard.press("Enter");
  await annas.getByRole("menuitem", { name: "Access ends: never" }).click();
  await expect(choice).toBeFocused();
  await annas.keyboard.press("Enter");
  await annas.getByRole("option", { name: "on a day…" }).click();
  const day = end.getByLabel("Last day of access");
  await end.getByRole("button", { name: "Save" }).click();
  await expect(day).toBeFocused();
  await expect(day).toHaveAccessibleDescription("Choose a day.");
  await look(annas, "share-end-day");
  await day.fill("2035-01-31");
  await end.getByRole("button", { name: "Save" }).click();
  await expect(bensRow).toContainText("ends 31 Jan 2035");
  await expect(bensRole).toBeFocused();
  await expect(dialog.getByRole("status")).toHaveText("The end of access for Ben Klein is changed.");
  const endOf = async () =>
    (await anna.api.must("GET", `/collections/${id}/collaborators`)).items[1].expiresAt;
  expect(new Date(await endOf()).toISOString()).toBe("2035-01-31T22:59:59.000Z");
  await bensRole.click();
  await annas.getByRole("menuitem", { name: "Access ends: 31 Jan 2035" }).click();
  await expect(day).toHaveValue("2035-01-31");
  await choice.click();
  await annas.getByRole("option", { name: "never" }).click();
  await end.getByRole("button", { name: "Save" }).click();
  await expect(bensRow).not.toContainText("ends");
  await expect.poll(endOf).toBe(null);
  await bens.reload();
  const file = { name: "From Ben.txt", mimeType: "text/plain", buffer: uniqueText().bytes };
  await bens.getByRole("banner").getByLabel("Choose files").setInputFiles([file]);
  await expect(bens.getByRole("link", { name: "From Ben.txt" }).first()).toBeVisible();
  // an editor shares nothing and deletes no collection
  for (const [method, target, body] of [
    ["POST", `/collections/${id}/collaborators`, { email: "x@example.org", role: "viewer" }],
    ["DELETE", `/collections/${id}`],
  ] as const)
    expect((await ben.api.call(method, target, { body })).status).toBe(403);

  // Anna takes the access away, and back within the 8 seconds
  const remove = async () => {
    await row.getByRole("button", { name: /: Editor$/ }).click();
    await annas.getByRole("menuitem", { name: /^(Remove access|Withdraw invitation)$/ }).click();
    // whoever was just given access again counts as invited until they open it
    await expect(row).toContainText(/can no longer open this collection|is withdrawn/);
    await expect(row).toBeFocused();
  };
  await remove();
  await dialog.getByRole("button", { name: "Undo" }).click();
  await expect(row).toBeFocused();
  await expect(dialog.getByRole("status")).toHaveText("Ben Klein has access again.");
  await bens.reload();
  await expect(bens.getByRole("heading", { name: "Field notes 2026" })).toBeVisible();

  // then for good; Ben's next call is refused
  await remove();
  await look(annas, "share-removed");
  await expect.poll(async () => (await ben.api.call("GET", `/collections/${id}`)).status).toBe(403);
  expect((await ben.api.call("GET", `/documents/${letter.id}`)).status).toBe(404);
  expect((await ben.api.call("GET", `/documents/${letter.id}/download`)).status).toBe(404);
  tolerate(bens, /40[34] GET \/api\/v1\/(collections|documents)/);
  await bens.reload();
  await expect(bens.getByText("You can’t open this collection")).toBeVisible();
  await look(bens, "collection-refused");
  // the line goes after its 8 seconds, and the focus not into nowhere
  await expect(dialog.getByRole("heading", { name: /^People with access/ })).toBeFocused();
});

test("an outsider meets a friendly refusal on every page", async ({ person, browserOf, tolerate }) => {
  const [anna, carla] = await Promise.all([person("Anna Berg"), person("Carla Ito")]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Closed" } });
  const document = await uploadFile(anna.api, id, uniqueText("Secret.txt", "nobody else"));
  const page = await browserOf(carla);
  tolerate(page, /40[34] GET \/api\/v1\/(collections|documents)/);

  await page.goto(`/collections/${id}`);
  await expect(page.getByText("You can’t open this collection")).toBeVisible();
  await expect(page).not.toHaveTitle(/Closed/);
  await page.goto(`/documents/${document.id}`);
  await expect(page.getByText("You can’t open this document")).toBeVisible();
  await expect(page).not.toHaveTitle(/Secret/);
  await look(page, "document-refused");
  await page.getByRole("link", { name: "Go to home" }).click();
  await expect(page.getByRole("heading", { name: "Put your first documents here" })).toBeVisible();

  // no address is refused differently for being no address at all
  tolerate(page, /(422|404) GET/);
  for (const odd of ["/collections/nothing", `/documents/${crypto.randomUUID()}`, "/documents/nothing"]) {
    await page.goto(odd);
    await expect(page.getByText(/^You can’t open this (collection|document)$/)).toBeVisible();
  }
  await page.goto("/no/such/page");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await look(page, "not-found");
  await expect(page.getByText("nobody else")).toHaveCount(0);
});

/** Presses a key and waits until what was edited is stored: pages show it before that. */
async function pressAndSave(page: Page, key: string): Promise<void> {
  const saved = page.waitForResponse((response) => response.request().method() === "PATCH" && response.ok());
  await page.keyboard.press(key);
  await saved;
}

test("two people edit at once: the second sees both versions and chooses", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, ben] = await Promise.all([person("Anna Berg"), person("Ben Klein")]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Draft" } });
  await anna.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: ben.email, role: "editor" },
  });
  const annas = await browserOf(anna);
  const bens = await browserOf();
  await bens.clock.install();
  await bens.goto(`/collections/${id}`);
  await signInByForm(bens, ben);
  await expect(bens.getByRole("button", { name: /Edit name/ })).toBeVisible();
  await annas.goto(`/collections/${id}`);

  tolerate(bens, /409 PATCH/);
  await bens.getByRole("button", { name: /Edit name/ }).click();
  await bens.getByRole("textbox", { name: "Edit name" }).fill("Ben’s name");

  // that his page has heard of it does not make it his decision
  const heard = bens.waitForResponse(
    async (response) =>
      response.url().endsWith(`/api/v1/collections/${id}`) &&
      ((await response.json()) as { name: string }).name === "Anna’s name",
  );
  await annas.getByRole("button", { name: /Edit name/ }).click();
  await annas.getByRole("textbox", { name: "Edit name" }).fill("Anna’s name");
  await pressAndSave(annas, "Enter");
  await expect(annas.getByRole("button", { name: /^Anna’s name/ })).toBeVisible();
  await bens.clock.fastForward("01:00");
  await bens.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await heard;
  await expect(bens.getByRole("textbox", { name: "Edit name" })).toHaveValue("Ben’s name");
  await bens.keyboard.press("Enter");
  const dialog = bens.getByRole("dialog", { name: "Changed in the meantime" });
  await expect(dialog).toContainText("Anna’s name");
  await expect(dialog).toContainText("Ben’s name");
  await look(bens, "conflict");
  await dialog.getByRole("button", { name: "Overwrite with mine" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(bens.getByRole("button", { name: /^Ben’s name/ })).toBeVisible();
  expect(await anna.api.must("GET", `/collections/${id}`)).toMatchObject({ name: "Ben’s name" });

  // what they did to different texts is kept without a question, whether Anna's page has heard of it or not
  tolerate(annas, /409 PATCH/);
  await annas.getByRole("button", { name: /Edit description/ }).click();
  await annas.getByRole("textbox", { name: "Edit description" }).fill("Anna’s description");
  await pressAndSave(annas, "Control+Enter");
  await expect(annas.getByRole("button", { name: /^Anna’s description/ })).toBeVisible();
  await expect(annas.getByRole("button", { name: /^Ben’s name/ })).toBeVisible();
  expect(await anna.api.must("GET", `/collections/${id}`)).toMatchObject({
    name: "Ben’s name",
    description: "Anna’s description",
  });

  // nor is there anything to choose between two people who write the same
  await bens.getByRole("button", { name: /Edit name/ }).click();
  await bens.getByRole("textbox", { name: "Edit name" }).fill("Our name");
  await annas.getByRole("button", { name: /Edit name/ }).click();
  await annas.getByRole("textbox", { name: "Edit name" }).fill("Our name");
  await pressAndSave(annas, "Enter");
  await expect(annas.getByRole("button", { name: /^Our name/ })).toBeVisible();
  await pressAndSave(bens, "Enter");
  await expect(bens.getByRole("button", { name: /^Our name/ })).toBeVisible();
  await expect(dialog).toHaveCount(0);
});

test("of what was chosen for download, files that are closed by now are told of and the others come", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, ben] = await Promise.all([person("Anna Berg"), person("Ben Klein")]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Papers" } });
  await anna.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: ben.email, role: "viewer" },
  });
  const open = uniqueText("Open.txt");
  const closed = await uploadFile(anna.api, id, uniqueText("Closed.txt"));
  await uploadFile(anna.api, id, open);
  const page = await browserOf(ben);
  await page.goto(`/collections/${id}`);
  for (const name of ["Closed.txt", "Open.txt"])
    await page.getByRole("checkbox", { name: `Select “${name}”` }).check();
  // closed once the page has begun to ask: a page that hears of it sooner takes the document from what is chosen
  await page.route(`**/api/v1/documents/${closed.id}`, async (route) => {
    await anna.api.must("PUT", `/documents/${closed.id}/access-mode`, {
      body: { mode: "private" },
    });
    await route.continue();
  });

  tolerate(page, /404 GET/);
  const started: string[] = [];
  page.on("download", (download) => started.push(download.suggestedFilename()));
  await page
    .getByRole("toolbar", { name: "Actions for the selected documents" })
    .getByRole("button", { name: "Download" })
    .click();
  await expect(page.getByRole("region", { name: /^Messages/ })).toContainText(
    "1 document was not downloaded: ",
  );
  await expect.poll(() => started).toEqual(["Open.txt"]);
});

test("a name that could not be saved is still there, with the reason, and is saved later", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Draft" } });
  const page = await browserOf(anna);
  await page.goto(`/collections/${id}`);
  const reason = page.getByRole("alert").filter({ hasText: "could not be reached" });
  const field = page.getByRole("textbox", { name: "Edit name" });
  await page.getByRole("button", { name: /Edit name/ }).click();
  await field.fill("A long and careful name");

  tolerate(page, /ERR_INTERNET_DISCONNECTED/);
  await page.context().setOffline(true);
  await page.keyboard.press("Enter");
  await expect(reason).toBeVisible();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("A long and careful name");
  await expect(field).toHaveAccessibleDescription(/could not be reached/);
  await look(page, "name-not-saved");

  // whoever goes on elsewhere is not called back
  await page.getByRole("button", { name: /Edit description/ }).click();
  await expect(reason).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Edit description" })).toBeFocused();
  await expect(field).toHaveValue("A long and careful name");

  await page.context().setOffline(false);
  await field.click();
  await pressAndSave(page, "Enter");
  await expect(page.getByRole("button", { name: /^A long and careful name/ })).toBeVisible();
  await expect(reason).toHaveCount(0);
  expect(await anna.api.must("GET", `/collections/${id}`)).toMatchObject({ name: "A long and careful name" });
});

test("two people rename a document at once: the second may read both names and go on", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Draft" } });
  const document = await uploadFile(anna.api, id, uniqueText("Plan.txt"));
  await whenProcessed(anna.api, document.id);
  const page = await browserOf(anna);
  await page.goto(`/documents/${document.id}`);
  await expect(page.getByRole("button", { name: "Share" })).toBeVisible();
  await page.keyboard.press("F2");
  const dialog = page.getByRole("dialog", { name: "Rename document" });
  await dialog.getByRole("textbox").fill("My plan.txt");
  const { version } = await anna.api.must("GET", `/documents/${document.id}`);
  await anna.api.must("PATCH", `/documents/${document.id}`, { body: { version, name: "Their plan.txt" } });

  tolerate(page, /409 PATCH/);
  await page.keyboard.press("Enter");
  const conflict = page.getByRole("dialog", { name: "Changed in the meantime" });
  await expect(conflict).toContainText("Their plan.txt");
  await expect(conflict).toContainText("My plan.txt");
  await conflict.getByRole("button", { name: "Back to editing" }).click();
  await expect(dialog.getByRole("textbox")).toHaveValue("My plan.txt");
  await dialog.getByRole("textbox").fill("Our plan.txt");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Our plan.txt" })).toBeVisible();
});
