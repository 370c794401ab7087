import type { Page } from "@playwright/test";
import { bookPdf } from "../fixtures/pdfs.ts";
import { type Person, uploadFile, whenProcessed } from "../support/caller.ts";
import { picture, toUpload } from "../support/files.ts";
import { expect, look, test } from "../support/test.ts";

/** Presses Tab until something is focused that has this name; fails when it is not reached. */
async function tabTo(
  page: Page,
  name: string | RegExp,
  role: "link" | "button" | "textbox" | "combobox",
): Promise<void> {
  const wanted = page.getByRole(role, { name, ...(typeof name === "string" && { exact: true }) }).first();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab did not lead to the ${role} ${String(name)}`);
}

async function makeShelf(anna: Person): Promise<{ collectionId: string; documentId: string }> {
  const { id } = await anna.api.must("POST", "/collections", {
    body: { name: "Field notes 2026", description: "Letters, scans and the long book, as they came in." },
  });
  const book = await uploadFile(anna.api, id, {
    name: "Book.pdf",
    type: "application/pdf",
    bytes: await bookPdf({ pages: 12 }),
  });
  await uploadFile(anna.api, id, toUpload(await picture("Herbarium, sheet 4.png")));
  await uploadFile(anna.api, id, {
    name: "A name so long that it cannot fit into any tile or row of a narrow window without being cut.txt",
    type: "text/plain",
    bytes: Buffer.from("A short text.\n"),
  });
  const { items } = await anna.api.must("GET", `/documents?collectionId=${id}`);
  for (const { id: one } of items) await whenProcessed(anna.api, one);
  return { collectionId: id, documentId: book.id };
}

test("with the keyboard alone: sign in, open, read, close, share, remove", async ({ person, browserOf }) => {
  const anna = await person("Anna Berg");
  const { collectionId } = await makeShelf(anna);
  const page = await browserOf();
  const keys = page.keyboard;

  await page.goto(`/collections/${collectionId}`);
  await expect(page.getByLabel("E-mail address")).toBeFocused();
  await keys.type(anna.email);
  await tabTo(page, "Password", "textbox");
  await keys.type(anna.password);
  await keys.press("Enter");
  await expect(page.getByRole("heading", { name: /Field notes 2026/ })).toBeVisible();

  await keys.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await keys.press("Enter");
  await tabTo(page, "Book.pdf", "link");
  await keys.press("Enter");
  await expect(page.getByRole("document", { name: "Document" })).toBeFocused({ timeout: 20_000 });
  await expect(page.getByText("Heading 1", { exact: true })).toBeVisible();
  await keys.press("ArrowRight");
  await expect(page.getByLabel("Page", { exact: true })).toHaveValue("2");
  await tabTo(page, "Field notes 2026", "link");
  await keys.press("Enter");
  await expect(page.getByRole("heading", { name: /Field notes 2026/ })).toBeVisible();

  await keys.press("s");
  const dialog = page.getByRole("dialog", { name: "Share “Field notes 2026”" });
  await expect(dialog).toBeVisible();
  await tabTo(page, "Add people, groups or e-mail addresses", "combobox");
  await keys.type("new.reader@example.org");
  await keys.press("Enter");
  const row = dialog.getByRole("listitem").filter({ hasText: "new.reader@example.org" });
  await expect(row.getByRole("button", { name: /^Role of/ })).toBeVisible();
  await expect(row).toContainText("invited");
  await tabTo(page, "Role of new.reader@example.org: Viewer", "button");
  await keys.press("Enter");
  await expect(page.getByRole("menu")).toBeVisible();
  await keys.press("End");
  await expect(page.getByRole("menuitem", { name: "Withdraw invitation" })).toBeFocused();
  await keys.press("Enter");
  await expect(dialog).toContainText("The invitation for new.reader@example.org is withdrawn.");
  await keys.press("Escape");
  await expect(dialog).toBeHidden();
  // the list, by the same keys as in other programs
  await keys.press("j");
  await keys.press("x");
  await expect(page.getByRole("toolbar", { name: "Actions for the selected documents" })).toContainText(
    "1 selected",
  );
  await keys.press("Escape");
  // the list shows a removal before it is answered
  await expect
    .poll(async () => (await anna.api.must("GET", `/collections/${collectionId}/collaborators`)).items)
    .toHaveLength(1);
});

test("with the keyboard alone: change somebody's role, and see why they have access", async ({
  person,
  browserOf,
}) => {
  const [anna, marc] = await Promise.all([person("Anna Berg"), person("Marc Klein")]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Field notes 2026" } });
  await anna.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: marc.email, role: "viewer" },
  });
  // people of other workspaces are told by name once they have opened it
  await marc.api.must("GET", `/collections/${id}`);
  const page = await browserOf(anna);
  const keys = page.keyboard;
  await page.goto(`/collections/${id}`);
  await expect(page.getByRole("heading", { name: "Field notes 2026" })).toBeVisible();

  // whatever closes the dialog, the focus is where it was
  const dialog = page.getByRole("dialog", { name: "Share “Field notes 2026”" });
  const share = page.getByRole("button", { name: "Share", exact: true });
  await tabTo(page, "Share", "button");
  for (const close of ["Escape", "Done"]) {
    await keys.press("Enter");
    await expect(dialog.getByRole("combobox", { name: /^Add people/ })).toBeFocused();
    if (close === "Done") await tabTo(page, "Done", "button");
    await keys.press(close === "Done" ? "Enter" : "Escape");
    await expect(dialog).toBeHidden();
    await expect(share).toBeFocused();
  }

  await keys.press("s");
  await expect(dialog.getByRole("listitem").filter({ hasText: "Marc Klein" })).toBeVisible();
  await tabTo(page, "Role of Marc Klein: Viewer", "button");
  await keys.press("Enter");
  await expect(page.getByRole("menu")).toBeVisible();
  await keys.press("e");
  await expect(page.getByRole("menuitemradio", { name: /^Editor/ })).toBeFocused();
  await keys.press("Enter");
  await expect(dialog.getByRole("status")).toHaveText("Marc Klein is now Editor.");
  // back where it was opened, under its new name
  await expect(dialog.getByRole("button", { name: "Role of Marc Klein: Editor" })).toBeFocused();
  await expect
    .poll(async () => (await marc.api.must("GET", `/collections/${id}`)).abilities)
    .toMatchObject({ canEdit: true });

  // why, out of the same menu
  // a menu that takes long to fade must not take the focus back from where its choice moved it
  await page.addStyleTag({ content: ":root { --animate-sink-out: sink-out 1500ms ease-in !important }" });
  await keys.press("Enter");
  await expect(page.getByRole("menu")).toBeVisible();
  await keys.type("expl");
  await expect(page.getByRole("menuitem", { name: "Explain access" })).toBeFocused();
  await keys.press("Enter");
  const why = page.getByRole("dialog", { name: "Access to “Field notes 2026”" });
  await expect(why.getByRole("group", { name: "Explanation" })).toBeFocused();
  await tabTo(page, "Back", "button");
  await keys.press("Enter");
  await expect(dialog.getByRole("heading", { name: /^People with access/ })).toBeFocused();

  await tabTo(page, "Who can see this?", "button");
  await keys.press("Enter");
  const who = page.getByRole("dialog", { name: "Who can see “Field notes 2026”?" });
  await expect(who).toContainText("Marc Klein");
  await tabTo(page, /Marc Klein/, "button");
  await keys.press("Enter");
  await expect(why).toContainText("Marc Klein can edit, by a role on the collection.");
  await expect(why.getByRole("list")).toHaveCount(0);
  for (const part of ["Where it comes from", "What it allows"]) {
    await tabTo(page, part, "button");
    await keys.press("Enter");
  }
  await expect(why.getByRole("list", { name: "Where it comes from" })).toContainText("Given by Anna Berg");
  await expect(why.getByText("No grant gives this.").first()).toBeVisible();
  // Escape goes back a step at a time, as the button does
  await tabTo(page, "Back", "button");
  await keys.press("Enter");
  await expect(who).toBeVisible();
  await keys.press("Escape");
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Who can see this?" })).toBeFocused();
  await keys.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(share).toBeFocused();
});

/** Pages as they look on a phone and in the dark; nothing may reach beyond the window's edge. */
for (const [looks, options] of Object.entries({
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  dark: { colorScheme: "dark" },
} as const)) {
  test(`every page fits and can be read: ${looks}`, async ({ person, browserOf }) => {
    const anna = await person("Anna Berg");
    const { collectionId, documentId } = await makeShelf(anna);
    await anna.api.must("POST", `/collections/${collectionId}/collaborators`, {
      body: { email: "new.reader@example.org", role: "viewer" },
    });
    const { id: groupId } = await anna.api.must("POST", "/groups", { body: { name: "Editorial" } });
    const signedOut = await browserOf(undefined, options);
    const page = await browserOf(anna, options);
    const visit = async (where: Page, name: string, address: string) => {
      await where.goto(address);
      await expect(where.locator("[aria-busy=true]")).toHaveCount(0);
      if (name === "document") await expect(where.getByText("Heading 1", { exact: true })).toBeVisible();
      await look(where, `${looks}-${name}`);
      const overhang = await where.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overhang, `${name} reaches beyond the edge`).toBeLessThanOrEqual(0);
    };
    for (const one of ["sign-in", "sign-up", "forgot-password"]) await visit(signedOut, one, `/${one}`);
    for (const [name, address] of [
      ["home", "/"],
      ["shared", "/shared"],
      ["trash", "/trash"],
      ["settings", "/settings"],
      ["people", "/settings/people"],
      ["groups", "/settings/groups"],
      ["group", `/settings/groups/${groupId}`],
      ["collection", `/collections/${collectionId}`],
      ["document", `/documents/${documentId}`],
    ] as const)
      await visit(page, name, address);
    await page.goto(`/collections/${collectionId}`);
    await page.getByRole("button", { name: "Share" }).click();
    await expect(page.getByRole("dialog").getByRole("listitem")).toHaveCount(2);
    await look(page, `${looks}-share`);
    // what a role's menu holds can be reached
    await page.getByRole("button", { name: "Role of new.reader@example.org: Viewer" }).click();
    await look(page, `${looks}-role-menu`);
    await page.getByRole("menuitem", { name: "Access ends: never" }).click();
    const end = page.getByRole("group", { name: "When does access for new.reader@example.org end?" });
    await end.getByRole("combobox", { name: "Access ends" }).click();
    await page.getByRole("option", { name: "in 7 days" }).click();
    await end.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("dialog").getByRole("status")).toHaveText(/^The end of access/);
    await page.keyboard.press("Escape");
    if ("viewport" in options) {
      await page.getByRole("button", { name: "Open side bar" }).click();
      await expect(page.getByRole("dialog").getByRole("link", { name: "Trash" })).toBeVisible();
      await look(page, `${looks}-drawer`);
    }
  });
}

test("in German once through, and remembered", async ({ person, browserOf, stranger }) => {
  const anna = await person("Anna Berg");
  const { collectionId, documentId } = await makeShelf(anna);
  const page = await browserOf(anna, { locale: "de-DE" });
  await page.goto("/settings");
  // what a person has chosen goes before what the browser asks for
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await page.getByRole("button", { name: "Menu of Anna Berg" }).click();
  await page.getByRole("menuitem", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
  await expect(page.getByRole("heading", { name: "Einstellungen" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  expect(await anna.api.must("GET", "/me")).toMatchObject({ language: "de" });
  for (const [name, address] of [
    ["home", "/"],
    ["settings", "/settings"],
    ["trash", "/trash"],
    ["collection", `/collections/${collectionId}`],
    ["document", `/documents/${documentId}`],
  ] as const) {
    await page.goto(address);
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    if (name === "document") await expect(page.getByText("Heading 1", { exact: true })).toBeVisible();
    await look(page, `german-${name}`);
    const text = await page.locator("body").innerText();
    // words of the English interface that German does not know
    expect.soft(text, name).not.toMatch(/\b(Storage|Share|Trash|Upload files|Settings|Collections|of \d)\b/);
  }
  // somebody without an account gets the browser's language
  const newcomers = await browserOf(undefined, { locale: "de-DE" });
  await newcomers.goto("/sign-up");
  await expect(newcomers.locator("html")).toHaveAttribute("lang", "de");
  await look(newcomers, "german-sign-up");
  const refused = await stranger("Bob").api.call("GET", "/me", { headers: { "accept-language": "de" } });
  expect(refused.body.detail).toBe("Melde dich an, um fortzufahren.");
});
