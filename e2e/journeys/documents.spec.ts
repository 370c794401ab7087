import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { bookPdf } from "../fixtures/pdfs.ts";
import { newPerson, uploadFile, whenProcessed } from "../support/caller.ts";
import { type ChosenFile, mixedFiles, openPassword, picture, toUpload } from "../support/files.ts";
import { expect, look, test } from "../support/test.ts";

/** A document among others: its tile, or its row. */
const tileOf = (page: Page, name: string): Locator =>
  page
    .getByRole("list", { name: "Documents" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("link", { name, exact: true }) });

/** The field behind “Choose files”; an empty collection has a second one in its middle. */
const chooser = (page: Page): Locator => page.getByRole("banner").getByLabel("Choose files");

const quotaWords = (page: Page): Locator =>
  page.getByRole("complementary", { name: "Side bar" }).getByRole("link", { name: /^Storage/ });

test("signing up, a first collection, and files of all kinds dropped into it", async ({
  stranger,
  browserOf,
}) => {
  const anna = stranger("Anna Berg");
  const page = await browserOf();
  const files = await mixedFiles();

  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in$/);
  await look(page, "sign-in");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Name").fill(anna.name);
  await page.getByLabel("E-mail address").fill(anna.email);
  await page.getByLabel("Password", { exact: true }).fill(anna.password);
  await look(page, "sign-up");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Put your first documents here" })).toBeVisible();
  await look(page, "home-first");

  await page.getByRole("main").getByRole("button", { name: "New collection" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Field notes 2026");
  await look(page, "collection-new");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("This collection is empty")).toBeVisible();
  await look(page, "collection-empty");
  const before = await quotaWords(page).textContent();

  // the book is held back until its progress was seen
  const seen = Promise.withResolvers<void>();
  await page.route("**/storage/**", async (route) => {
    if (
      route.request().method() === "PUT" &&
      (await route.request().headerValue("content-type")) === "application/pdf"
    )
      await seen.promise;
    await route.continue();
  });
  await dropFiles(page, files.slice(0, 2));
  const tray = page.getByRole("region", { name: "Uploads" });
  await expect(tray.getByRole("progressbar", { name: "Progress of “Book.pdf”" })).toBeVisible();
  await chooser(page).setInputFiles(files.slice(2));
  await expect(tray.getByRole("heading", { name: /^Uploading \d+ files · \d+ %$/ })).toBeVisible();
  await look(page, "upload-running");
  seen.resolve();
  await expect(tray.getByRole("heading", { name: `${files.length} files uploaded` })).toBeVisible({
    timeout: 20_000,
  });

  for (const [name, pages] of [
    ["Letter.pdf", 2],
    ["Scan.pdf", 2],
    ["Classic.pdf", 3],
    ["Turned.pdf", 4],
    ["Book.pdf", 300],
  ] as const) {
    await expect(tileOf(page, name)).toContainText(`${pages} pages`, { timeout: 60_000 });
    await expect(tileOf(page, name).locator("img")).toHaveJSProperty("complete", true);
  }
  await expect(tileOf(page, "Picture.png").locator("img")).toBeVisible();
  await expect(tileOf(page, "Locked.pdf")).toContainText("Password");
  await expect(tileOf(page, "Broken.pdf")).toContainText("Damaged");
  await expect(quotaWords(page)).not.toHaveText(before!);
  await tray.getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("heading", { name: `${files.length} documents` })).toBeVisible();
  await look(page, "collection-grid");
  await page.getByRole("radio", { name: "List" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Book.pdf" })).toContainText("300");
  await look(page, "collection-list");

  await page.getByRole("link", { name: "Home", exact: true }).first().click();
  await expect(page.getByRole("list", { name: "Recent documents" })).toContainText("Book.pdf");
  await expect(page.getByRole("list", { name: "My collections" })).toContainText(`${files.length} documents`);
  await look(page, "home");
});

/** Lets go of files over the page. */
async function dropFiles(page: Page, files: ChosenFile[]): Promise<void> {
  const plain = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    data: buffer.toString("base64"),
  }));
  const transfer = await page.evaluateHandle((list) => {
    const made = new DataTransfer();
    for (const { name, mimeType, data } of list) {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      made.items.add(new File([bytes], name, { type: mimeType }));
    }
    return made;
  }, plain);
  await page.dispatchEvent("main", "dragenter", { dataTransfer: transfer });
  await expect(page.getByText("Drop to add to “Field notes 2026”")).toBeVisible();
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
}

test("a long PDF is read: pages, jumps, a link to a page, search, download", async ({
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Books" } });
  const bytes = await bookPdf();
  const book = await uploadFile(anna.api, id, { name: "Book.pdf", type: "application/pdf", bytes });
  await whenProcessed(anna.api, book.id);
  const page = await browserOf(anna, { permissions: ["clipboard-read", "clipboard-write"] });

  await page.goto(`/collections/${id}`);
  await page.getByRole("link", { name: "Book.pdf" }).click();
  const reader = page.getByRole("document", { name: "Document" });
  await expect(reader.getByText("Heading 1", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("of 300")).toBeVisible();
  await look(page, "document-pdf");

  const field = page.getByLabel("Page", { exact: true });
  await field.fill("250");
  await field.press("Enter");
  await expect(reader.getByText("Heading 250", { exact: true })).toBeInViewport({ timeout: 15_000 });
  await expect(page).toHaveURL(/#page=250$/);
  await page.getByRole("button", { name: "Copy link to this page" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(new RegExp(`/documents/${book.id}#page=250$`));

  const second = await page.context().newPage();
  await second.goto(link);
  await expect(
    second.getByRole("document", { name: "Document" }).getByText("Heading 250", { exact: true }),
  ).toBeInViewport({ timeout: 20_000 });
  await second.close();

  // by scrolling alone
  await reader.hover();
  await expect(async () => {
    await page.mouse.wheel(0, 4000);
    await expect(field).not.toHaveValue("250", { timeout: 500 });
  }).toPass();

  await page.getByRole("button", { name: "Search in document" }).click();
  await page.getByRole("textbox", { name: "Search in document" }).fill("heading 123");
  await expect(page.getByRole("search").getByRole("status")).toHaveText("1 of 1", { timeout: 20_000 });
  await expect(reader.getByText("Heading 123", { exact: true })).toBeInViewport();
  await look(page, "document-search");
  await page.getByRole("textbox", { name: "Search in document" }).press("Escape");

  const started = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const downloaded = await started;
  expect(downloaded.suggestedFilename()).toBe("Book.pdf");
  expect((await readFile(await downloaded.path())).equals(bytes)).toBe(true);
});

test("an encrypted PDF asks for its password, a damaged one says so, images and texts are shown", async ({
  product,
  browserOf,
}) => {
  const anna = await newPerson(product.url, "Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "All kinds" } });
  const ids: Record<string, string> = {};
  const table = {
    name: "Table.csv",
    mimeType: "text/csv",
    buffer: Buffer.from('Name,Pages\n"Letter, old",2\nBook,300\n'),
  };
  const jpeg = { ...(await picture("Photo.png", "#8a5a2b")), name: "Photo.png" };
  for (const file of [...(await mixedFiles()), table, jpeg]) {
    const document = await uploadFile(anna.api, id, toUpload(file));
    ids[file.name] = document.id;
  }
  for (const one of Object.values(ids)) await whenProcessed(anna.api, one);
  const page = await browserOf(anna);

  await page.goto(`/documents/${ids["Locked.pdf"]}`);
  await expect(page.getByRole("heading", { name: "This document needs a password" })).toBeVisible({
    timeout: 20_000,
  });
  await look(page, "document-locked");
  await page.getByLabel("Password", { exact: true }).fill("not this one");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByText("This password is not right.")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(openPassword);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("document", { name: "Document" })).toBeVisible();

  await page.goto(`/documents/${ids["Broken.pdf"]}`);
  await expect(page.getByText("This file is damaged", { exact: true })).toBeVisible({ timeout: 20_000 });
  await look(page, "document-damaged");

  await page.goto(`/documents/${ids["Photo.png"]}`);
  await expect(page.getByRole("img", { name: "Photo.png" })).toHaveJSProperty("naturalWidth", 640);
  await look(page, "document-image");

  await page.goto(`/documents/${ids["Notes.txt"]}`);
  await expect(page.getByRole("document", { name: "Document" })).toContainText("Grüße aus dem Lesesaal.");
  await look(page, "document-text");

  await page.goto(`/documents/${ids["Table.csv"]}`);
  await expect(page.getByText("Letter, old")).toBeVisible();
  await look(page, "document-table");
});

test("uploads that go wrong say why, can be cancelled, and are tried again", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Troubles" } });
  const page = await browserOf(anna);
  await page.goto(`/collections/${id}`);
  const tray = page.getByRole("region", { name: "Uploads" });
  const choose = (name: string, text: string) =>
    chooser(page).setInputFiles([{ name, mimeType: "text/plain", buffer: Buffer.from(text) }]);

  // the connection breaks while bytes are on their way
  tolerate(page, /net::ERR_FAILED PUT \/storage\//);
  let isBroken = true;
  await page.route("**/storage/**", (route) => (isBroken ? route.abort("failed") : route.continue()));
  await choose("First.txt", `first ${crypto.randomUUID()}`);
  await expect(tray.getByText("The server could not be reached.", { exact: false })).toBeVisible({
    timeout: 20_000,
  });
  await look(page, "upload-failed");
  isBroken = false;
  await tray.getByRole("button", { name: "Try “First.txt” again" }).click();
  await expect(tray.getByRole("heading", { name: "1 file uploaded" })).toBeVisible();

  // given up by the person
  const held = Promise.withResolvers<void>();
  await page.unroute("**/storage/**");
  await page.route("**/storage/**", async (route) => {
    await held.promise;
    await route.continue().catch(() => undefined);
  });
  await choose("Second.txt", `second ${crypto.randomUUID()}`);
  await tray.getByRole("button", { name: "Cancel “Second.txt”" }).click();
  await expect(tray.getByText("Cancelled")).toBeVisible();
  held.resolve();
  await page.unroute("**/storage/**");

  // not what its name says
  tolerate(page, /422 POST \/api\/v1\/documents\/.*\/confirm/);
  await choose("Third.pdf", `no PDF at all ${crypto.randomUUID()}`);
  await expect(tray.getByText("The file’s content is not what its name or the upload said.")).toBeVisible();

  // of a kind that is not taken: said before anything is sent
  await chooser(page).setInputFiles([
    { name: "Setup.exe", mimeType: "application/x-msdownload", buffer: Buffer.from("MZ") },
    { name: "Fourth.txt", mimeType: "text/plain", buffer: Buffer.from(`fourth ${crypto.randomUUID()}`) },
  ]);
  const dialog = page.getByRole("dialog", { name: "1 of 2 files can be uploaded" });
  await expect(dialog).toContainText("Setup.exe");
  await look(page, "upload-preflight");
  await dialog.getByRole("button", { name: "Upload 1 file" }).click();
  await expect(page.getByRole("heading", { name: "2 documents" })).toBeVisible();
  const { items } = await anna.api.must("GET", `/documents?collectionId=${id}`);
  expect(items.map(({ name }: { name: string }) => name).toSorted()).toEqual(["First.txt", "Fourth.txt"]);
});
