import type { Locator, Page } from "@playwright/test";
import { PDFDocument } from "pdf-lib";
import { type Person, uniqueText, uploadFile, whenProcessed } from "../support/caller.ts";
import type { Product } from "../support/product.ts";
import { expect, look, test } from "../support/test.ts";

const widths = [360, 768, 1024, 1440];
/** Enough to tell one name from another. */
const roomForName = 190;

const show = (page: Page, view: "grid" | "list", url: string) =>
  page.context().addCookies([{ name: "sheaf-view", value: view, url }]);
const widthOf = async (target: Locator) => (await target.boundingBox())?.width ?? 0;
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const portrait = async () => {
  const pdf = await PDFDocument.create();
  pdf.addPage([300, 900]).drawText("A tall page", { x: 40, y: 800, size: 24 });
  return { name: "Tall.pdf", type: "application/pdf", bytes: Buffer.from(await pdf.save()) };
};

async function makeShelf(person: Person): Promise<{ shelf: string; tall: string }> {
  const { id: shelf } = await person.api.must("POST", "/collections", { body: { name: "Field notes" } });
  const { id: tall } = await uploadFile(person.api, shelf, await portrait());
  await uploadFile(person.api, shelf, uniqueText("The minutes of the spring meeting, second draft.txt"));
  await whenProcessed(person.api, tall);
  return { shelf, tall };
}

/** Lists of every kind hold something whose name is long. */
async function fillLists({ api, email, password }: Person, product: Product): Promise<void> {
  const make = (path: string, body: unknown) => api.must<{ id: string }>("POST", path, { body });
  const { id } = await make("/collections", { name: "What was thrown away in the autumn of last year" });
  const { id: gone } = await uploadFile(
    api,
    id,
    uniqueText("The minutes of the autumn meeting, first draft.txt"),
  );
  await api.must("DELETE", `/documents/${gone}`);
  const { id: group } = await make("/groups", {
    name: "Everybody who reads the proofs",
    description: "And marks them",
  });
  const { id: inner } = await make("/groups", { name: "Those who read them twice" });
  await make(`/groups/${group}/nested`, { groupId: inner });
  await make("/workspace/invitations", {
    emails: ["somebody.with.a.long.address@example.org"],
    role: "member",
  });
  await make("/me/tokens", { name: "The script that copies the field notes every night" });
  await make(`/collections/${id}/collaborators`, { email: `from.outside.${email}`, role: "viewer" });
  expect(password).not.toBe(product.url);
}

test("names keep their room in a list of documents at every width, with details beside it too", async ({
  product,
  person,
  browserOf,
}) => {
  const anna = await person("Anna Maria von der Berg-Lindenhof");
  const { shelf } = await makeShelf(anna);
  const page = await browserOf(anna);
  await show(page, "list", product.url);
  // a sheet hides what is under it from assistive technology, not from sight
  const rows = page.getByRole("row", { includeHidden: true });
  const name = rows.nth(1).getByRole("cell", { includeHidden: true }).nth(1);
  await page.goto(`/collections/${shelf}`);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await expect.poll(() => widthOf(name), { message: `name at ${width}` }).toBeGreaterThan(roomForName);
    expect(await overflow(page), `overflow at ${width}`).toBe(0);
    // no column stands over another
    const edges = await rows
      .nth(1)
      .getByRole("cell")
      .evaluateAll((cells) =>
        cells
          .map((cell) => cell.getBoundingClientRect())
          .filter(({ width: own }) => own > 0)
          .map(({ left, right }) => [left, right] as const),
      );
    for (const [index, [left]] of edges.entries())
      if (index > 0) expect(left).toBeGreaterThanOrEqual(edges[index - 1]![1]);

    await page.getByRole("button", { name: "Actions for “Tall.pdf”" }).click();
    await page.getByRole("menuitem", { name: "Details" }).click();
    // as long as it fades, Escape is the menu's
    await expect(page.getByRole("menu")).toHaveCount(0);
    const details = page.getByRole(width < 1024 ? "dialog" : "complementary", { name: "Details" });
    await expect(details).toContainText("Tall.pdf");
    await expect
      .poll(() => widthOf(name), { message: `beside details at ${width}` })
      .toBeGreaterThan(roomForName);
    expect(await overflow(page), `overflow beside details at ${width}`).toBe(0);
    await page.keyboard.press("Escape");
    await expect(details).toHaveCount(0);
  }
  // wide enough for all of it
  await expect(page.getByRole("columnheader", { name: "Pages" })).toBeVisible();
});

for (const scheme of ["light", "dark"] as const)
  test(`every other list has room for its names at every width, ${scheme}`, async ({
    product,
    person,
    browserOf,
  }) => {
    const anna = await person("Anna Berg");
    await fillLists(anna, product);
    const page = await browserOf(anna, { colorScheme: scheme });
    const lists: [path: string, list: string, name: string][] = [
      ["/trash", "Documents", "The minutes of the autumn meeting"],
      ["/settings/people", "Members", "Anna Berg"],
      ["/settings/people", "Invited", "somebody.with.a.long.address"],
      ["/settings/people", "From outside", "from.outside."],
      ["/settings/groups", "Groups", "Everybody who reads the proofs"],
      ["/settings", "Sessions", ""],
      ["/settings", "Access tokens", "The script that copies"],
    ];
    for (const [path, list, text] of lists) {
      await page.goto(path);
      const row = page
        .getByRole("list", { name: list, exact: true })
        .getByRole("listitem")
        .filter({ hasText: text });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        await expect(row.first()).toBeVisible();
        expect(await overflow(page), `overflow of ${path} at ${width}`).toBe(0);
        // what a row says stands in the one part of it that grows
        const room = await widthOf(row.first().locator(".flex-1").first());
        expect(room, `${list} at ${width}`).toBeGreaterThan(width < 500 ? 120 : roomForName);
        await look(page, `${list.toLowerCase().replaceAll(" ", "-")}-${width}-${scheme}`);
      }
    }
  });

test("details show a tall page within its frame, and leaving them returns the focus", async ({
  product,
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const { shelf, tall } = await makeShelf(anna);
  const page = await browserOf(anna);
  await show(page, "list", product.url);
  for (const [width, role] of [
    [1280, "complementary"],
    [800, "dialog"],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`/collections/${shelf}`);
    const details = page.getByRole(role, { name: "Details" });
    const picture = details.locator("img");
    const menu = page.getByRole("button", { name: "Actions for “Tall.pdf”" });
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Details" }).press("Enter");
    await expect(picture).toHaveJSProperty("complete", true);
    const [inner, title] = [
      await picture.boundingBox(),
      await details.getByRole("heading", { name: "Tall.pdf" }).boundingBox(),
    ];
    expect(inner!.height).toBeGreaterThan(100);
    expect(inner!.y + inner!.height).toBeLessThanOrEqual(title!.y);
    await look(page, `details-${width}`);
    await page.keyboard.press("Escape");
    await expect(details).toHaveCount(0);
    await expect(menu).toBeFocused();

    // by its own button, too: to what the details were about
    await page.getByRole("link", { name: "Tall.pdf" }).focus();
    await page.keyboard.press(".");
    await details.getByRole("button", { name: "Close" }).click();
    await expect(details).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Tall.pdf" })).toBeFocused();
  }
  // the sheets of a document's page and of the side bar
  await page.goto(`/documents/${tall}`);
  // a document's pages take the focus when they arrive, where nothing else has it
  await expect(page.getByRole("textbox", { name: /page/i })).toHaveValue("1");
  await page.getByRole("button", { name: "Details", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Details" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Details", exact: true })).toBeFocused();
  await page.setViewportSize({ width: 360, height: 800 });
  const opener = page.getByRole("banner").getByRole("button").first();
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
});

test("files that arrive in another order than they were dropped stand as they will after a reload", async ({
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Field notes" } });
  const page = await browserOf(anna);
  const big = { name: "Big.csv", mimeType: "text/csv", buffer: Buffer.alloc(200_000, "a,long,table\n") };
  const small = [1, 2, 3, 4].map((n) => ({
    ...{ name: `Small ${n}.txt`, mimeType: "text/plain" },
    buffer: Buffer.from(`short ${n}`),
  }));
  const others = Promise.withResolvers<void>();
  await page.route("**/storage/**", async (route) => {
    const isBig = (await route.request().headerValue("content-type")) === big.mimeType;
    if (route.request().method() === "PUT" && isBig) await others.promise;
    await route.continue();
  });
  await page.goto(`/collections/${id}`);
  await page
    .getByRole("banner")
    .getByLabel("Choose files")
    .setInputFiles([big, ...small]);
  const items = page.getByRole("list", { name: "Documents" }).getByRole("listitem");
  await expect(items).toHaveCount(4);
  others.resolve();
  await expect(items).toHaveCount(5);
  const names = () => items.getByRole("link").allTextContents();
  const before = await names();
  await page.reload();
  await expect(items).toHaveCount(5);
  expect(await names()).toEqual(before);
});

test("times are told from now, however long a tab has been open", async ({ product, person, browserOf }) => {
  const anna = await person("Anna Berg");
  const { shelf, tall } = await makeShelf(anna);
  const page = await browserOf(anna);
  await show(page, "list", product.url);
  await page.clock.install({ time: new Date() });
  await page.goto(`/collections/${shelf}`);
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });
  await expect(row("Tall.pdf")).toContainText("now");

  await page.clock.fastForward("20:00");
  await expect(row("Tall.pdf")).toContainText("20 minutes ago");
  // what comes up only now was made four minutes ago, and something by a clock that is ahead
  await product.query("UPDATE documents SET updated_at = now() + interval '16 minutes' WHERE id = $1", [
    tall,
  ]);
  const { id } = await uploadFile(anna.api, shelf, uniqueText("New.txt"));
  await product.query("UPDATE documents SET updated_at = now() + interval '25 minutes' WHERE id = $1", [id]);
  // a list is asked for again when the tab is looked at, unless that was done within the last ten seconds
  await expect(async () => {
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
    await expect(row("New.txt")).toContainText("now", { timeout: 2000 });
  }).toPass();
  await expect(row("Tall.pdf")).toContainText("4 minutes ago");
  await page.clock.fastForward("10:00");
  await expect(row("Tall.pdf")).toContainText("14 minutes ago");
  await expect(row("New.txt")).toContainText("5 minutes ago");
});

test("home begins with what was opened or uploaded last, in sight, with that time", async ({
  product,
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Field notes" } });
  for (let n = 1; n <= 11; n += 1) await uploadFile(anna.api, id, uniqueText(`Note ${n}.txt`));
  await product.query(
    "UPDATE recent_documents SET used_at = used_at - interval '3 hours' WHERE user_id = (SELECT id FROM users WHERE email = $1)",
    [anna.email],
  );
  const page = await browserOf(anna);
  const strip = page.getByRole("list", { name: "Recent documents" });
  const cards = strip.getByRole("listitem");
  await page.goto("/");
  await expect(cards.first()).toContainText("Note 11.txt");
  await expect(cards.first()).toContainText("3 hours ago");

  const noted = page.waitForResponse((response) => response.url().endsWith("/open"));
  await strip.getByRole("link", { name: "Note 4.txt" }).click();
  expect((await noted).status()).toBe(204);
  await page.getByRole("link", { name: "Home", exact: true }).first().click();
  await expect(cards.first()).toContainText("Note 4.txt");
  await expect(cards.first()).toContainText("now");
  await expect(cards.nth(1)).toContainText("Note 11.txt");
  await expect(cards.nth(1)).toContainText("3 hours ago");

  // wherever the strip was scrolled to, what arrives is in sight
  await strip.evaluate((element) => element.scrollTo({ left: 400 }));
  await page
    .getByRole("banner")
    .getByLabel("Choose files")
    .setInputFiles([{ name: "Just arrived.txt", mimeType: "text/plain", buffer: Buffer.from("new words") }]);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /Upload/ })
    .click();
  await expect(cards.first()).toContainText("Just arrived.txt");
  await expect(cards.first().getByRole("link")).toBeInViewport({ ratio: 1 });
  await look(page, "home-recent");
});
