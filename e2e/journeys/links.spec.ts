import { writeFile } from "node:fs/promises";
import path from "node:path";
import { bookPdf } from "../fixtures/pdfs.ts";
import { type Person, uniqueText, uploadFile, whenProcessed } from "../support/caller.ts";
import { picture, toUpload } from "../support/files.ts";
import { expect, look, looks, test } from "../support/test.ts";

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const password = "correct horse battery";

interface Made {
  id: string;
  token: string;
  url: string;
}

/** A collection with a book, a picture and a text, and a way to make links to it. */
async function fill({ api }: Person) {
  const { id } = await api.must("POST", "/collections", {
    body: { name: "Field notes", description: "What was seen by the river." },
  });
  const book = await uploadFile(api, id, {
    name: "Book.pdf",
    type: "application/pdf",
    bytes: await bookPdf({ pages: 3 }),
  });
  const photo = await uploadFile(api, id, toUpload(await picture("Heron.png")));
  const text = await uploadFile(api, id, uniqueText("Letter.txt", "Dear all, the heron is back."));
  for (const document of [book, photo, text]) await whenProcessed(api, document.id);
  const link = (body: object = {}) => api.must<Made>("POST", `/collections/${id}/share-links`, { body });
  return { id, book, photo, text, link };
}

test("a stranger on a phone reads what a link opens, until it is revoked", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const { link, text } = await fill(anna);
  const made = await link();
  const page = await browserOf(undefined, phone);
  await page.goto(`/s/${made.token}`);
  await expect(page).toHaveURL(`/share/${made.token}`);
  await expect(page.getByRole("heading", { name: "Field notes", level: 1 })).toBeVisible();
  await expect(page.getByText("Shared by Anna Berg")).toBeVisible();
  const list = page.getByRole("list", { name: "Documents" });
  await expect(list.getByRole("listitem")).toHaveCount(3);
  await look(page, "link-collection-phone");
  await list.getByRole("link", { name: "Book.pdf" }).click();
  await expect(page.getByRole("textbox", { name: /page/i })).toHaveValue("1");
  await look(page, "link-pdf-phone");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("Book.pdf");
  await page.getByRole("link", { name: "All documents" }).click();
  await list.getByRole("link", { name: "Letter.txt" }).click();
  await expect(page.getByText("the heron is back", { exact: false })).toBeVisible();
  await look(page, "link-text-phone");
  await page.getByRole("link", { name: "Next document" }).click();
  await expect(page.getByRole("img", { name: "Heron.png" })).toBeVisible();
  await look(page, "link-image-phone");

  await anna.api.must("DELETE", `/share-links/${made.id}`);
  tolerate(page, /410 GET \/share\//);
  const answer = await page.goto(`/share/${made.token}/documents/${text.id}`);
  expect(answer!.status()).toBe(410);
  await expect(page.getByRole("heading", { name: "This link is closed" })).toBeVisible();
  await look(page, "link-revoked-phone");
});

test("a password is asked for, with scripts and without", async ({ person, browserOf, tolerate }) => {
  const anna = await person("Anna Berg");
  const { link } = await fill(anna);
  const made = await link({ password });
  const page = await browserOf();
  await page.goto(`/share/${made.token}`);
  await expect(page.getByRole("heading", { name: "This link has a password" })).toBeVisible();
  await look(page, "link-password");
  expect(await page.content()).not.toContain("Field notes");
  tolerate(page, /403 POST \/api\/v1\/share/);
  await page.getByLabel("Password", { exact: true }).fill("a wrong one");
  await page.keyboard.press("Enter");
  await expect(page.getByText("This is not the password of this link.")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Field notes", level: 1 })).toBeVisible();

  const plain = await browserOf(undefined, { javaScriptEnabled: false });
  // the browser refuses scripts as the page's policy would, and says so
  tolerate(plain, /^csp GET \/_next\/static\//);
  await plain.goto(`/share/${made.token}`);
  await plain.getByLabel("Password").fill("a wrong one");
  await plain.getByRole("button", { name: "Open" }).click();
  await expect(plain.getByText("This is not the password of this link.")).toBeVisible();
  await plain.getByLabel("Password").fill(password);
  await plain.getByRole("button", { name: "Open" }).click();
  await expect(plain.getByRole("heading", { name: "Field notes", level: 1 })).toBeVisible();
});

test("a link for looking alone shows pages with the visitor's name, and never the file", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const { link, book, text } = await fill(anna);
  const made = await link({ allowDownload: false });
  const page = await browserOf(undefined, phone);
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.goto(`/share/${made.token}`);
  await expect(page.getByRole("heading", { name: "Anna Berg shares “Field notes” with you" })).toBeVisible();
  await look(page, "link-name-phone");
  await page.getByRole("button", { name: "Start reading" }).click();
  await expect(page.getByText("Enter who you are.")).toBeVisible();
  await page.getByLabel("Your name or e-mail address").fill("Carla Ito");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Field notes", level: 1 })).toBeVisible();
  await expect(page.getByText("For looking only")).toBeVisible();
  const thumbnail = page.getByRole("list", { name: "Documents" }).locator("img").first();
  await expect(thumbnail).toHaveJSProperty("complete", true);
  await look(page, "link-marked-tiles-phone");
  await page.getByRole("link", { name: "Book.pdf" }).click();
  const first = page.getByRole("img", { name: "Page 1 of 3" });
  await expect(first).toHaveJSProperty("naturalWidth", 1440);
  await expect(page.getByRole("link", { name: "Download" })).toHaveCount(0);
  await look(page, "link-marked-page-phone");
  await page.emulateMedia({ media: "print" });
  await expect(first).toBeHidden();
  await expect(page.getByText("can’t be printed", { exact: false })).toBeVisible();
  await page.emulateMedia({ media: "screen" });

  // a text, without scripts
  const plain = await browserOf(undefined, { javaScriptEnabled: false });
  tolerate(plain, /^csp GET \/_next\/static\//);
  await plain.goto(`/share/${made.token}/documents/${text.id}`);
  await plain.getByLabel("Your name or e-mail address").fill("Ben Klein");
  await plain.getByRole("button", { name: "Start reading" }).click();
  await expect(plain.getByRole("img", { name: "Page 1 of 1" })).toHaveJSProperty("naturalWidth", 1440);

  // nothing that was asked for on the way was the file, and nothing of it can be asked for
  expect(addresses.filter((address) => /\/storage\/|content-url|\/download/.test(address))).toEqual([]);
  for (const path of ["content-url", "download", "download?inline=1"]) {
    const answer = await page.request.get(`/api/v1/share/${made.token}/documents/${book.id}/${path}`, {
      maxRedirects: 0,
    });
    expect([path, answer.status()]).toEqual([path, 403]);
  }
  const log = await product.query<{ name: string }>(
    // once an hour by each instance that they came to
    "SELECT DISTINCT metadata->>'name' AS name FROM audit_events WHERE actor_id = $1 AND action = 'document.viewed' ORDER BY 1",
    [made.id],
  );
  expect(log.map(({ name }) => name)).toEqual(["Ben Klein", "Carla Ito"]);
});

test("programs that draw previews, and requests for the head alone, are no visits", async ({
  person,
  product,
}) => {
  const anna = await person("Anna Berg");
  const { link, id } = await fill(anna);
  const made = await link({ maxUses: 1 });
  const agents = [
    "Slackbot-LinkExpanding 1.0",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23.20.0 A",
    "Twitterbot/1.0",
  ];
  for (const agent of agents) {
    const answer = await fetch(`${product.url}/share/${made.token}`, { headers: { "user-agent": agent } });
    const html = await answer.text();
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
    expect(html).toContain("Field notes");
    expect(html).not.toContain("Book.pdf");
    const documents = await fetch(`${product.url}/api/v1/share/${made.token}/documents`, {
      headers: { "user-agent": agent },
    });
    expect(documents.status).toBe(403);
  }
  const preview = async (token: string) => {
    const agent = { headers: { "user-agent": agents[0]! } };
    const html = await (await fetch(`${product.url}/share/${token}`, agent)).text();
    const image = /<meta property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? "";
    expect(image).toBe(`${product.url}/share/${token}/card.png`);
    const card = await fetch(image, agent);
    expect([card.status, card.headers.get("content-type")]).toEqual([200, "image/png"]);
    return { html, picture: Buffer.from(await card.arrayBuffer()) };
  };
  const open = await preview(made.token);
  expect(open.html).toContain('<meta property="og:title" content="Field notes"');
  await writeFile(path.join(looks, "link-card.png"), open.picture);
  // of a protected link neither text nor picture says anything
  const closed = await preview((await link({ password: "only for friends" })).token);
  expect(closed.html).not.toContain("Field notes");
  expect(closed.html).not.toContain("Anna");
  const other = await preview((await link({ password: "only for others" })).token);
  expect(closed.picture.equals(other.picture)).toBe(true);
  expect(closed.picture.equals(open.picture)).toBe(false);
  expect((await fetch(`${product.url}/share/${"A".repeat(43)}/card.png`)).status).toBe(404);
  const head = await fetch(`${product.url}/share/${made.token}`, { method: "HEAD" });
  expect([head.status, head.headers.getSetCookie()]).toEqual([200, []]);
  const uses = async () =>
    (await anna.api.must("GET", `/collections/${id}/share-links`)).items.find(
      (one: { id: string }) => one.id === made.id,
    ).useCount as number;
  expect(await uses()).toBe(0);
  // a person's browser is one
  const visit = await fetch(`${product.url}/share/${made.token}`);
  expect([visit.status, visit.headers.getSetCookie().length]).toEqual([200, 1]);
  expect(visit.headers.get("referrer-policy")).toBe("same-origin");
  await visit.text();
  expect(await uses()).toBe(1);
  const late = await fetch(`${product.url}/share/${made.token}`);
  expect(late.status).toBe(410);
  expect(await late.text()).toContain("used up");
});
