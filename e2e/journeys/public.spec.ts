import type { Page, Request } from "@playwright/test";
import { bookPdf } from "../fixtures/pdfs.ts";
import { type Person, uniqueText, uploadFile, whenProcessed } from "../support/caller.ts";
import { picture, toUpload } from "../support/files.ts";
import { expect, look, signInByForm, test } from "../support/test.ts";

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** A public collection with a book, a picture and a text. */
async function publish({ api }: Person) {
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
  const setVisibility = (visibility: string) =>
    api.must("PUT", `/collections/${id}/visibility`, { body: { visibility } });
  await setVisibility("public");
  return { id, book, photo, text, setVisibility };
}

test("somebody without an account reads a public collection on a phone, until its owner closes it", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const { id, photo, setVisibility } = await publish(anna);
  const page = await browserOf(undefined, phone);
  const answer = await page.goto(`/collections/${id}`);
  expect(answer!.headers()["cache-control"]).toMatch(/private.*no-store/);
  await expect(page.getByRole("heading", { name: "Field notes", level: 1 })).toBeVisible();
  await expect(page).toHaveTitle("Field notes · Sheaf");
  await expect(page.getByText("What was seen by the river.")).toBeVisible();
  await expect(page.getByText("Shared by Anna Berg")).toBeVisible();
  await expect(page.locator("meta[name=robots]").first()).toHaveAttribute("content", /noindex/);
  await expect(page.locator("meta[property='og:title']").first()).toHaveAttribute("content", "Field notes");
  expect(await page.content()).not.toContain(anna.email);
  const list = page.getByRole("list", { name: "Documents" });
  await expect(list.getByRole("listitem")).toHaveCount(3);
  await look(page, "public-collection-phone");
  await page.getByRole("radio", { name: "List" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(3);
  await look(page, "public-collection-phone-list");

  // each kind in its viewer; the file itself can be saved
  await list.getByRole("link", { name: "Book.pdf" }).click();
  await expect(page.getByRole("textbox", { name: /page/i })).toHaveValue("1");
  await look(page, "public-document-phone");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("Book.pdf");
  await page.getByRole("link", { name: "Field notes" }).click();
  await list.getByRole("link", { name: "Letter.txt" }).click();
  await expect(page.getByText("the heron is back", { exact: false })).toBeVisible();
  await page.goto(`/documents/${photo.id}`);
  await expect(page.getByRole("img", { name: "Heron.png" })).toBeVisible();

  // the page that stands open is refused as soon as it asks
  const other = await page.context().newPage();
  await other.goto(`/collections/${id}`);
  await expect(other.getByRole("heading", { name: "Field notes" })).toBeVisible();
  tolerate(page, /401 GET \/api\/v1\/(collections|documents)/);
  await setVisibility("private");
  await expect(async () => {
    await other.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
    await expect(other).toHaveURL(`/sign-in?next=${encodeURIComponent(`/collections/${id}`)}`, {
      timeout: 1000,
    });
  }).toPass();
  await expect(other.getByRole("heading", { name: "Field notes" })).toHaveCount(0);
  await page.getByRole("link", { name: "Download" }).click();
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(`/documents/${photo.id}`)}`);
  await page.goto(`/collections/${id}`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.goto(`/collections/${crypto.randomUUID()}`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test("the way in from a public document leads back to it, into one's own side bar", async ({
  person,
  browserOf,
}) => {
  const [anna, carla] = [await person("Anna Berg"), await person("Carla Ito")];
  const { id, text } = await publish(anna);
  const page = await browserOf();
  await page.goto(`/documents/${text.id}`);
  await expect(page.getByText("the heron is back", { exact: false })).toBeVisible();
  await look(page, "public-document-text");
  await page.getByRole("link", { name: "Sign in" }).click();
  await signInByForm(page, carla);
  await expect(page).toHaveURL(`/documents/${text.id}`);
  await expect(page.getByText("the heron is back", { exact: false })).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Side bar" })).toContainText("Carla Ito");

  // what an outsider reads of the collection: whose it is, and that they are in
  await page.goto(`/collections/${id}`);
  await page.getByRole("button", { name: "Show who has access" }).click();
  const dialog = page.getByRole("dialog", { name: "Access to “Field notes”" });
  const people = dialog.getByRole("list", { name: "People with access" });
  await expect(people.getByRole("listitem").filter({ hasText: "Anna Berg" })).toContainText("Owner");
  await expect(people.getByRole("listitem").filter({ hasText: "Carla Ito (you)" })).toContainText("Viewer");
  await expect(dialog).toContainText("Anyone who has the address can read it.");
  await look(page, "access-outsider");
});

test("whose workspace it is, and who is in, is said as the reader knows it", async ({
  product,
  person,
  browserOf,
}) => {
  const [anna, ben, carla] = [
    await person("Anna Berg"),
    await person("Ben Klein"),
    await person("Carla Ito"),
  ];
  await product.query(
    "UPDATE users SET workspace_id = (SELECT workspace_id FROM users WHERE email = $1) WHERE email = $2",
    [anna.email, ben.email],
  );
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Letters" } });
  const annas = await browserOf(anna);
  await annas.goto(`/collections/${id}`);
  const main = annas.getByRole("main");
  await expect(main.getByText("Only you", { exact: true })).toBeVisible();
  for (const { email } of [ben, carla])
    await anna.api.must("POST", `/collections/${id}/collaborators`, { body: { email, role: "viewer" } });
  await annas.reload();
  await expect(main.getByText("Shared", { exact: true })).toBeVisible();
  await expect(main.getByText("Only you", { exact: true })).toHaveCount(0);
  await anna.api.must("PUT", `/collections/${id}/visibility`, { body: { visibility: "workspace" } });

  for (const [reader, chip, sentence] of [
    [ben, "Workspace", "Everyone in the workspace can read it."],
    [carla, "Anna Berg’s workspace", "Everyone in Anna Berg’s workspace can read it."],
  ] as const) {
    const page = await browserOf(reader);
    await page.goto(`/collections/${id}`);
    await expect(page.getByRole("main").getByText(chip, { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Show who has access" }).click();
    const dialog = page.getByRole("dialog", { name: "Access to “Letters”" });
    await expect(dialog).toContainText(sentence);
    const own = dialog.getByRole("listitem").filter({ hasText: `${reader.name} (you)` });
    await expect(own).toContainText("Viewer");
    await look(page, `access-${reader === ben ? "viewer" : "viewer-elsewhere"}`);
  }
});

/** Waits until all that a page has asked for is answered: what it should not have asked for has been refused then. */
function watchAnswers(page: Page): () => Promise<void> {
  const open = new Set<Request>();
  // a call that keeps the session may outlive its page, and is not told of any more; the stream of events has no end
  const isAnswered = (url: string) => url.includes("/api/v1/") && !url.endsWith("/api/v1/events");
  page.on("request", (request) => isAnswered(request.url()) && open.add(request));
  page.on("requestfinished", (request) => open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
  return () => expect.poll(() => [...open].map((request) => request.url())).toEqual([]);
}

test("no page asks for what its reader has just given up", async ({ person, browserOf }) => {
  const [anna, ben] = [await person("Anna Berg"), await person("Ben Klein")];
  const make = async (name: string) => {
    const { id } = await anna.api.must<{ id: string }>("POST", "/collections", { body: { name } });
    const document = await uploadFile(anna.api, id, uniqueText(`${name}.txt`));
    await whenProcessed(anna.api, document.id);
    return { id, document };
  };
  const share = (path: string, role: string) =>
    anna.api.must("POST", `${path}/collaborators`, { body: { email: ben.email, role } });
  const [thrown, shared] = [await make("Thrown away"), await make("Shared")];
  await share(`/collections/${shared.id}`, "owner");

  // a collection and a document go to the trash from their own pages
  const annas = await browserOf(anna);
  const answered = watchAnswers(annas);
  await annas.goto(`/documents/${thrown.document.id}`);
  await annas.getByRole("button", { name: "Actions for “Thrown away.txt”" }).click();
  await annas.getByRole("menuitem", { name: "Move to trash" }).click();
  await expect(annas.getByText("“Thrown away.txt” is in the trash.")).toBeVisible();
  await expect(annas).toHaveURL(`/collections/${thrown.id}`);
  await answered();
  await annas.getByRole("button", { name: "Actions of this collection" }).click();
  await annas.getByRole("menuitem", { name: "Move to trash" }).click();
  await expect(annas.getByText("“Thrown away” is in the trash.")).toBeVisible();
  await expect(annas).toHaveURL("/");
  await answered();
  await annas.getByRole("button", { name: "Undo" }).last().click();
  await expect(annas.getByRole("main").getByRole("link", { name: "Thrown away" })).toBeVisible();

  // who gives up rights of their own reads on, and who leaves is led away
  const bens = await browserOf(ben);
  const bensAnswered = watchAnswers(bens);
  await bens.goto(`/collections/${shared.id}`);
  await bens.getByRole("button", { name: "Share", exact: true }).click();
  await bens.getByRole("button", { name: "Role of Ben Klein: Owner" }).click();
  await bens.getByRole("menuitemradio", { name: /^Viewer/ }).click();
  await bens.getByRole("group", { name: /\?$/ }).getByRole("button", { name: "Change role" }).click();
  const reading = bens.getByRole("dialog", { name: "Access to “Shared”" });
  await expect(reading.getByRole("listitem").filter({ hasText: "Ben Klein (you)" })).toContainText("Viewer");
  await bensAnswered();
  await bens.keyboard.press("Escape");
  await share(`/collections/${shared.id}`, "owner");
  await bens.reload();
  await bens.getByRole("button", { name: "Share", exact: true }).click();
  await bens.getByRole("button", { name: "Role of Ben Klein: Owner" }).click();
  await bens.getByRole("menuitem", { name: "Remove access" }).click();
  await bens.getByRole("group", { name: /\?$/ }).getByRole("button", { name: "Leave" }).click();
  await expect(bens.getByText("You left “Shared”.")).toBeVisible();
  await expect(bens).toHaveURL("/");
  await bensAnswered();

  // a document that was shared by itself says nothing of its collection, and asks for nothing of it
  await share(`/documents/${shared.document.id}`, "owner");
  await bens.goto(`/documents/${shared.document.id}`);
  await bens.getByRole("button", { name: "Share", exact: true }).click();
  await expect(bens.getByRole("dialog")).toContainText("Everyone in its collection");
  await bensAnswered();
  await look(bens, "share-document-alone");
});
