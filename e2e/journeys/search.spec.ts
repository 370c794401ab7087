import type { Page } from "@playwright/test";
import { PDFDocument } from "pdf-lib";
import { type Person, uniqueText, uploadFile, whenProcessed } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

async function book(): Promise<{ name: string; type: string; bytes: Buffer }> {
  const pdf = await PDFDocument.create();
  const texts = [
    "Introduction to the garden",
    "Trees and their shade in summer",
    "Where the zebra grass grows tall beside the pond",
  ];
  for (const text of texts) pdf.addPage([420, 595]).drawText(text, { x: 40, y: 500, size: 14 });
  return { name: "Garden book.pdf", type: "application/pdf", bytes: Buffer.from(await pdf.save()) };
}

async function makeShelf({ api }: Person) {
  const { id } = await api.must<{ id: string }>("POST", "/collections", {
    body: { name: "Field notes 2026" },
  });
  const { id: bookId } = await uploadFile(api, id, await book());
  const { id: listId } = await uploadFile(api, id, {
    ...uniqueText("Ärger im Garten.txt"),
    bytes: Buffer.from(`José saw zebra grass on the hill. ${Math.random()}\n`),
  });
  for (const one of [bookId, listId]) await whenProcessed(api, one);
  return { id, bookId, listId };
}

const palette = (page: Page) => page.getByRole("dialog", { name: "Search and commands" });
const field = (page: Page) => palette(page).getByRole("combobox", { name: "Search and commands" });
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("the palette finds, goes and does, by the keyboard alone", async ({ person, browserOf }) => {
  const anna = await person("Anna Berg");
  const { id, bookId } = await makeShelf(anna);
  const page = await browserOf(anna);
  const keys = page.keyboard;
  await page.goto(`/collections/${id}`);
  await expect(page.getByRole("link", { name: "Garden book.pdf" })).toBeVisible();

  await keys.press("Control+k");
  await expect(field(page)).toBeFocused();
  await expect(palette(page).getByRole("option", { name: "New collection" })).toBeVisible();
  await look(page, "palette-empty");
  await keys.type("zebra");
  const hit = palette(page).getByRole("option", { name: /Garden book\.pdf.*page 3.*zebra grass grows/ });
  await expect(hit).toBeVisible();
  await expect(hit.locator("mark").first()).toHaveText("zebra");
  await expect(palette(page).getByRole("status")).toHaveText("2 results");
  await look(page, "palette");
  // the newest first: the text, then the book
  await keys.press("ArrowDown");
  await expect(hit).toHaveAttribute("aria-selected", "true");
  await keys.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/documents/${bookId}#page=3`));
  // it opens at the page, with the word looked for there
  await expect(page.getByLabel("Page", { exact: true })).toHaveValue("3", { timeout: 20_000 });
  await expect(page.getByRole("search").getByRole("textbox")).toHaveValue("zebra");
  await expect(page.getByRole("search").getByRole("status")).toHaveText(/1.*1/);
  await keys.press("Escape");

  // in a document, / looks in its text
  await keys.press("/");
  await expect(page.getByRole("search").getByRole("textbox")).toBeFocused();
  await expect(palette(page)).toBeHidden();
  await keys.press("Escape");

  await keys.press("Control+k");
  await keys.type("shared");
  await keys.press("Enter");
  await expect(page.getByRole("heading", { name: "Shared with me" })).toBeVisible();
  await keys.press("/");
  await expect(field(page)).toBeFocused();
  await keys.type("dark");
  await keys.press("Enter");
  await expect(page.locator("html")).toHaveClass(/dark/);
  await keys.press("Control+k");
  await keys.type("new coll");
  await keys.press("Enter");
  await expect(page.getByRole("dialog", { name: "New collection" })).toBeVisible();
  // no dialog opens over a dialog
  await keys.press("Control+k");
  await expect(palette(page)).toBeHidden();
  // the palette that led here has faded
  await expect(page.locator("[role=dialog]")).toHaveCount(1);
  await keys.press("Escape");
  await expect(page.getByRole("dialog", { name: "New collection" })).toBeHidden();
  await keys.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toContainText("Move to another collection");
  await look(page, "keys-dark");
  await keys.press("Escape");
  await expect(help).toBeHidden();
  await keys.press("Control+k");
  await keys.type("jose zebra");
  await expect(palette(page).getByRole("option", { name: /Ärger im Garten/ })).toBeVisible();
  await look(page, "palette-dark");
  await keys.press("Escape");
  await expect(palette(page)).toBeHidden();
});

test("the page of the search filters, pages, and says when there is nothing", async ({
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const { listId } = await makeShelf(anna);
  const { id: other } = await anna.api.must<{ id: string }>("POST", "/collections", {
    body: { name: "Garden plans" },
  });
  for (let n = 1; n <= 22; n += 1)
    await uploadFile(anna.api, other, {
      ...uniqueText(`Garden plan ${n}.txt`),
      name: `Garden plan ${n}.txt`,
    });
  const page = await browserOf(anna);
  await page.goto("/search");
  const box = page.getByRole("search").getByRole("textbox");
  await expect(box).toBeFocused();
  await expect(page.getByText("Search everything you can open")).toBeVisible();
  await look(page, "search-empty");
  await box.fill("garden");
  const results = page.getByRole("list", { name: "Results" });
  await expect(results.getByRole("listitem")).toHaveCount(21);
  await expect(page).toHaveURL(/\/search\?q=garden$/);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(results.getByRole("listitem")).toHaveCount(24);
  await expect(page.getByRole("main").getByRole("status")).toHaveText("24 results");
  await look(page, "search-results");

  await page.getByRole("combobox", { name: "Type" }).click();
  await page.getByRole("option", { name: "PDF" }).click();
  await expect(results.getByRole("listitem")).toHaveCount(1);
  await expect(results).toContainText("Garden book.pdf");
  await page.getByRole("combobox", { name: "Type" }).click();
  await page.getByRole("option", { name: "All types" }).click();
  await page.getByRole("combobox", { name: "Collection", exact: true }).click();
  await page.getByRole("option", { name: "Field notes 2026" }).click();
  await expect(results.getByRole("listitem")).toHaveCount(1);
  await box.fill("plan");
  await expect(page.getByText("Nothing found for “plan”")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(results.getByRole("listitem").first()).toContainText("Garden plan");
  // misspelt
  await box.fill("zebrra grass");
  await expect(page.getByText("Nothing has exactly these words.")).toBeVisible();
  await expect(results).toContainText("Garden book.pdf");
  // the address is enough to come back
  await page.goto("/search?q=%C3%84RGER");
  await expect(results.getByRole("link", { name: "Ärger im Garten.txt" })).toHaveAttribute(
    "href",
    `/documents/${listId}`,
  );
});

test("what one may not open is not found, and what is taken back goes", async ({ person, browserOf }) => {
  const anna = await person("Anna Berg");
  const ben = await person("Ben Adler");
  const { id } = await makeShelf(anna);
  const page = await browserOf(ben);
  await page.goto("/search?q=zebra");
  await expect(page.getByText("Nothing found for “zebra”")).toBeVisible();
  const { id: grant } = await anna.api.must<{ id: string }>("POST", `/collections/${id}/collaborators`, {
    body: { email: ben.email, role: "viewer" },
  });
  const results = page.getByRole("list", { name: "Results" });
  await expect(results.getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zebra");
  await expect(palette(page).getByRole("option", { name: /Garden book/ })).toBeVisible();
  await anna.api.must("DELETE", `/collections/${id}/collaborators/${grant}`);
  await expect(palette(page).getByRole("option", { name: /Garden book/ })).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("main").getByText("Nothing found for “zebra”")).toBeVisible();
});

test("on a phone, in German, and when it does not work", async ({ person, browserOf, tolerate }) => {
  const anna = await person("Anna Berg");
  await makeShelf(anna);
  const page = await browserOf(anna, {
    viewport: { width: 390, height: 800 },
    locale: "de-DE",
    hasTouch: true,
  });
  await anna.api.must("PATCH", "/settings", { body: { language: "de" } });
  await page.goto("/");
  await page.getByRole("banner").getByRole("button", { name: "Suchen" }).click();
  const dialog = page.getByRole("dialog", { name: "Suche und Befehle" });
  await expect(dialog.getByRole("combobox")).toBeFocused();
  await look(page, "palette-phone-empty");
  await dialog.getByRole("combobox").fill("zebra");
  await expect(dialog.getByRole("option", { name: /Garden book/ })).toBeVisible();
  await look(page, "palette-phone");
  expect(await overflow(page)).toBe(0);
  await dialog.getByRole("option", { name: "Alle Ergebnisse für „zebra“" }).click();
  await expect(page.getByRole("list", { name: "Ergebnisse" }).getByRole("listitem")).toHaveCount(2);
  await look(page, "search-phone");
  expect(await overflow(page)).toBe(0);
  tolerate(page, /503 GET \/api\/v1\/search/);
  await page.route("**/api/v1/search*", (route) => route.fulfill({ status: 503, body: "" }));
  await page.getByRole("search").getByRole("textbox").fill("pond");
  await expect(page.getByRole("alert").first()).toContainText("Die Suche hat nicht funktioniert", {
    timeout: 30_000,
  });
});
