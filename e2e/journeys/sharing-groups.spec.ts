import type { Page } from "@playwright/test";
import { type Person, uniqueText, uploadFile } from "../support/caller.ts";
import type { Product } from "../support/product.ts";
import { expect, look, test } from "../support/test.ts";

/** Moves people into somebody's workspace, where groups and roles are shared. */
async function makeColleagues(product: Product, of: Person, people: Person[]): Promise<void> {
  await product.query(
    `UPDATE users SET workspace_id = (SELECT workspace_id FROM users WHERE email = $1) WHERE email = ANY ($2)`,
    [of.email, people.map(({ email }) => email)],
  );
}

async function makeGroup({ api }: Person, name: string, people: Person[]): Promise<string> {
  const { id } = await api.must("POST", "/groups", { body: { name } });
  if (people.length > 0)
    await api.must("POST", `/groups/${id}/members`, { body: { emails: people.map(({ email }) => email) } });
  return id;
}

async function openShare(page: Page, name: string) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Share “${name}”` });
  await expect(dialog.getByRole("listitem").first()).toBeVisible();
  return dialog;
}

test("a group gets a role, its nested members open the collection at once, and a removal says who keeps access", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, marc, lena] = await Promise.all(["Anna Berg", "Marc Klein", "Lena Fischer"].map(person));
  await makeColleagues(product, anna!, [marc!, lena!]);
  const press = await makeGroup(anna!, "Press", [lena!]);
  const editorial = await makeGroup(anna!, "Editorial", [marc!]);
  await anna!.api.must("POST", `/groups/${editorial}/nested`, { body: { groupId: press } });
  await anna!.api.must("POST", "/roles", {
    body: {
      name: "Archivist",
      description: "Adds, but changes nothing that is there.",
      permissions: ["view_documents", "create_documents"],
    },
  });
  const { id } = await anna!.api.must("POST", "/collections", { body: { name: "Field notes" } });
  const [annas, lenas] = [await browserOf(anna), await browserOf(lena)];
  tolerate(lenas, /403 GET/);
  await lenas.goto(`/collections/${id}`);
  await expect(lenas.getByText("You can’t open this collection")).toBeVisible();

  // by the keyboard alone: a part of the name, Enter for the suggestion, Enter to add
  await annas.goto(`/collections/${id}`);
  const dialog = await openShare(annas, "Field notes");
  const field = dialog.getByRole("combobox", { name: "Add people, groups or e-mail addresses" });
  await expect(field).toBeFocused();
  await annas.keyboard.type("edit");
  await expect(annas.getByRole("option", { name: /^Editorial/ })).toHaveAttribute("aria-selected", "true");
  await expect(annas.getByRole("option")).toContainText("Group · 2 people");
  await annas.keyboard.press("Escape");
  await expect(annas.getByRole("option")).toHaveCount(0);
  await annas.keyboard.press("ArrowDown");
  await expect(annas.getByRole("option")).toContainText("Group · 2 people");
  await look(annas, "share-suggestions");
  await annas.keyboard.press("Enter");
  await annas.keyboard.press("Enter");
  const team = dialog.getByRole("listitem").filter({ hasText: "Editorial" }).first();
  await expect(dialog.getByRole("status")).toHaveText("Editorial is added.");
  await expect(team).toContainText("2 people");
  await lenas.reload();
  await expect(lenas.getByRole("heading", { name: "Field notes" })).toBeVisible();

  // who is in it
  await team.getByRole("button", { name: "Editorial", exact: true }).click();
  await expect(dialog.getByRole("list", { name: "People in Editorial" })).toContainText("Marc Klein");
  await expect(dialog.getByRole("list", { name: "People in Editorial" })).toContainText("Press");
  await look(annas, "share-group");

  // a role of the workspace's own, which takes effect at once
  await team.getByRole("button", { name: "Role of Editorial: Viewer" }).click();
  await annas.getByRole("menuitemradio", { name: /^Archivist/ }).click();
  await expect(team.getByRole("button", { name: "Role of Editorial: Archivist" })).toBeVisible();
  await expect(dialog.getByRole("status")).toHaveText("Editorial is now Archivist.");
  await lenas.reload();
  await expect(lenas.getByRole("button", { name: "Upload" }).first()).toBeVisible();

  // taking it back again affects two people, so it asks first; saying no changes nothing
  await team.getByRole("button", { name: "Role of Editorial: Archivist" }).click();
  await annas.getByRole("menuitemradio", { name: /^Viewer/ }).click();
  const question = dialog.getByRole("group", { name: /\?$/ });
  await expect(question).toContainText("2 people keep access, but can do less.");
  await look(annas, "share-downgrade");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(team.getByRole("button", { name: "Role of Editorial: Archivist" })).toBeFocused();

  // Marc also has a grant of his own: without it he still gets in, and that is said before
  await anna!.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: marc!.email, role: "viewer" },
  });
  await annas.reload();
  await openShare(annas, "Field notes");
  await dialog.getByRole("button", { name: "Role of Marc Klein: Viewer" }).click();
  await annas.getByRole("menuitem", { name: "Remove access" }).click();
  await expect(question).toContainText("Marc Klein can still open this");
  await expect(question).toContainText("through group Editorial");
  await look(annas, "share-still-in");
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(dialog).toContainText("Marc Klein can no longer open this collection.");

  // the whole path, for each permission
  await dialog.getByRole("button", { name: "Who can see this?" }).click();
  const who = annas.getByRole("dialog", { name: "Who can see “Field notes”?" });
  await expect(
    who.getByRole("list", { name: "Other rights" }).or(who.getByRole("list", { name: "Viewers" })),
  ).toContainText("Lena Fischer");
  await look(annas, "access-list");
  await who.getByRole("button", { name: /Lena Fischer/ }).click();
  const why = annas.getByRole("dialog", { name: "Access to “Field notes”" });
  await expect(why).toContainText("Lena Fischer can read and more, through group Editorial.");
  await look(annas, "access-result");
  await why.getByRole("button", { name: "Where it comes from" }).click();
  await why.getByRole("button", { name: "What it allows" }).click();
  const way = why.getByRole("list", { name: "Where it comes from" }).getByRole("listitem");
  await expect(way).toContainText(/Lena Fischer.*group Press.*group Editorial.*Archivist on “Field notes”/);
  await expect(way).toContainText("Given by Anna Berg");
  await expect(why).toContainText("No grant gives this.");
  await look(annas, "access-explained");

  // an address nobody has heard of
  await why.getByRole("button", { name: "Back" }).click();
  await who.getByRole("combobox", { name: "Check a person or an address" }).fill("nobody@example.net");
  await who.getByRole("button", { name: "Check" }).click();
  await expect(why).toContainText("nobody@example.net can’t open this. No grant gives this.");
  await why.getByRole("button", { name: "Where it comes from" }).click();
  await expect(why.getByText("Nothing gives nobody@example.net access")).toBeVisible();
  await why.getByRole("button", { name: "Back" }).click();
  await who.getByRole("button", { name: "Back" }).click();
  await expect(dialog.getByRole("button", { name: "Who can see this?" })).toBeFocused();

  // the group goes: two people lose access
  await team.getByRole("button", { name: "Role of Editorial: Archivist" }).click();
  await annas.getByRole("menuitem", { name: "Remove access" }).click();
  await expect(question).toContainText("2 people lose access.");
  await annas.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(team.getByRole("button", { name: "Role of Editorial: Archivist" })).toBeFocused();
  await annas.keyboard.press("Enter");
  await annas.getByRole("menuitem", { name: "Remove access" }).click();
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: "Editorial is removed." })).toBeFocused();
  await expect(dialog.getByRole("status")).toHaveText(/^Editorial is removed. You can undo/);
  await lenas.reload();
  await expect(lenas.getByText("You can’t open this collection")).toBeVisible();

  // open to the workspace: everybody in it is a viewer, and may ask why
  await dialog.getByRole("combobox", { name: "General access" }).click();
  await annas.getByRole("option", { name: /^Workspace/ }).click();
  await expect(dialog.getByRole("status")).toHaveText("General access is now: Workspace.");
  await lenas.reload();
  await expect(lenas.getByRole("heading", { name: "Field notes" })).toBeVisible();
  await lenas.getByRole("button", { name: "Access", exact: true }).click();
  await lenas.getByRole("button", { name: "Why can I see this?" }).click();
  await expect(lenas.getByRole("dialog")).toContainText(
    "You can read, because everyone in the workspace can.",
  );
  await look(lenas, "access-own");

  // closing it again says whom that closes out
  const general = dialog.getByRole("combobox", { name: "General access" });
  const closing = dialog.getByRole("group", { name: "Make “Field notes” private?" });
  // on a slow machine, too, an Escape that comes as the question appears closes the question alone
  const machine = await annas.context().newCDPSession(annas);
  for (const rate of [10, 10, 1]) {
    await machine.send("Emulation.setCPUThrottlingRate", { rate });
    await general.click();
    await annas.getByRole("option", { name: /^Private/ }).click();
    await expect(closing).toContainText("2 people lose access.");
    await annas.keyboard.press("Escape");
    await expect(general).toBeFocused();
    await expect(general).toHaveText("Workspace");
  }
  await general.click();
  await annas.getByRole("option", { name: /^Private/ }).click();
  await closing.getByRole("button", { name: "Make private" }).click();
  await expect(dialog.getByRole("status")).toHaveText("General access is now: Private.");
  await lenas.reload();
  await expect(lenas.getByText("You can’t open this collection")).toBeVisible();
});

test("a document for invited people only, and one that is private", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, marc, lena] = await Promise.all(["Anna Berg", "Marc Klein", "Lena Fischer"].map(person));
  await makeColleagues(product, anna!, [marc!, lena!]);
  const { id } = await anna!.api.must("POST", "/collections", { body: { name: "Field notes" } });
  await anna!.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: marc!.email, role: "editor" },
  });
  await anna!.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: "invited@example.net", role: "viewer" },
  });
  const { id: documentId } = await uploadFile(anna!.api, id, uniqueText("Letter.txt", "only for some"));
  const statusOf = async ({ api }: Person) => (await api.call("GET", `/documents/${documentId}`)).status;
  expect([await statusOf(marc!), await statusOf(lena!)]).toEqual([200, 404]);

  const annas = await browserOf(anna);
  await annas.goto(`/documents/${documentId}`);
  const dialog = await openShare(annas, "Letter.txt");
  await expect(dialog).toContainText("Everyone in “Field notes”");
  const mode = dialog.getByRole("combobox", { name: "Access to this document" });
  const question = dialog.getByRole("group", { name: "Limit who can open “Letter.txt”?" });
  await mode.click();
  await annas.getByRole("option", { name: /^Invited people/ }).click();
  await expect(question).toContainText("2 people lose access.");
  await look(annas, "share-mode-asked");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(mode).toBeFocused();
  expect(await statusOf(marc!)).toBe(200);
  // now the figures are there at once: the press that chooses does not answer the question too
  await annas.keyboard.press("Enter");
  await expect(annas.getByRole("option", { name: /^As the collection/ })).toBeFocused();
  await annas.keyboard.press("ArrowDown");
  await expect(annas.getByRole("option", { name: /^Invited people/ })).toBeFocused();
  await annas.keyboard.press("Enter");
  await expect(question).toBeVisible();
  await question.getByRole("button", { name: "Limit access" }).click();
  await expect(dialog.getByRole("status")).toHaveText("Access to this document is now: Invited people.");
  await expect(dialog).not.toContainText("Everyone in “Field notes”");
  expect(await statusOf(marc!)).toBe(404);

  await dialog.getByRole("combobox", { name: "Add people, groups or e-mail addresses" }).fill(lena!.email);
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(dialog.getByRole("status")).toHaveText(`${lena!.email} is added.`);
  expect(await statusOf(lena!)).toBe(200);
  await look(annas, "share-document");
  const lenas = await browserOf(lena);
  await lenas.goto("/shared");
  await expect(lenas.getByRole("link", { name: "Letter.txt" })).toBeVisible();

  // why Marc can't: his role on the collection does not count here
  await dialog.getByRole("button", { name: "Who can see this?" }).click();
  await annas.getByRole("combobox", { name: "Check a person or an address" }).fill("marc");
  await annas.getByRole("option", { name: /Marc Klein/ }).click();
  const why = annas.getByRole("dialog", { name: "Access to “Letter.txt”" });
  await expect(why).toContainText("Marc Klein can’t open this.");
  await expect(why).toContainText("The document is for invited people: its collection’s grants don’t count.");
  await look(annas, "access-refused");
  await why.getByRole("button", { name: "Done" }).click();

  // from the list, and private: nobody but Anna
  await annas.goto(`/collections/${id}`);
  await annas.getByRole("button", { name: "Actions for “Letter.txt”" }).click();
  await annas.getByRole("menuitem", { name: "Share" }).click();
  await dialog.getByRole("combobox", { name: "Access to this document" }).click();
  await annas.getByRole("option", { name: /^Private/ }).click();
  await expect(dialog).toContainText("Only you can open this document. Change access below");
  expect([await statusOf(marc!), await statusOf(lena!), await statusOf(anna!)]).toEqual([404, 404, 200]);
  await look(annas, "share-private");
  await annas.keyboard.press("Escape");
  await expect(annas.getByRole("button", { name: "Actions for “Letter.txt”" })).toBeFocused();
  tolerate(lenas, /404 GET/);
});

test("the dialog does not say that something is closed which is open to others", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, marc] = await Promise.all(["Anna Berg", "Marc Klein"].map(person));
  await makeColleagues(product, anna!, [marc!]);
  const { id } = await anna!.api.must("POST", "/collections", { body: { name: "Field notes" } });
  const annas = await browserOf(anna);
  await annas.goto(`/collections/${id}`);
  const dialog = await openShare(annas, "Field notes");
  const alone = dialog.getByText("Only you can open this collection so far.");
  await expect(alone).toBeVisible();
  await dialog.getByRole("combobox", { name: "General access" }).click();
  await annas.getByRole("option", { name: /^Workspace/ }).click();
  await expect(alone).toHaveCount(0);

  // who uploads to the collection of somebody else may close their document, but invites nobody
  await anna!.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: marc!.email, role: "editor" },
  });
  // her page may just be asking for its picture as he closes it
  tolerate(annas, /404 GET .*\/thumbnail/);
  const document = await uploadFile(marc!.api, id, uniqueText("Marc’s.txt"));
  const marcs = await browserOf(marc);
  await marcs.goto(`/documents/${document.id}`);
  await marcs.getByRole("button", { name: "Access", exact: true }).click();
  const his = marcs.getByRole("dialog", { name: "Access to “Marc’s.txt”" });
  await expect(his).toContainText("You uploaded this document and can make it private below. Only Anna Berg");
  await his.getByRole("combobox", { name: "Access to this document" }).click();
  await marcs.getByRole("option", { name: /^Private/ }).click();
  await expect(his).toContainText("Only you can open this document.");
});

test("whom one was about to invite is not forgotten unasked, and what fails after closing is told", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Field notes" } });
  const page = await browserOf(anna);
  await page.goto(`/collections/${id}`);
  const dialog = await openShare(page, "Field notes");
  const field = dialog.getByRole("combobox", { name: "Add people, groups or e-mail addresses" });
  const question = dialog.getByRole("group", { name: "Close without inviting?" });
  await field.fill("zoe@example.net");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(question).toContainText("zoe@example.net is not invited yet.");
  await look(page, "share-unsent");
  await page.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(dialog.getByRole("button", { name: "Done" })).toBeFocused();
  await expect(field).toHaveValue("zoe@example.net");
  await field.press("Escape");
  await question.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Share" })).toBeFocused();

  // nobody is there any more to see a chip that comes back
  await openShare(page, "Field notes");
  const closed = Promise.withResolvers<void>();
  tolerate(page, /ERR_FAILED POST/);
  await page.route("**/collaborators", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await closed.promise;
    await route.abort();
  });
  await field.fill("zoe@example.net");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("listitem").filter({ hasText: "zoe@example.net" })).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toHaveCount(0);
  closed.resolve();
  await expect(
    page.getByText(/^zoe@example\.net is not invited\. The server could not be reached/),
  ).toBeVisible();
});

test("refusals stay beside what was tried, and rights that end close the dialog for changes", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, marc] = await Promise.all(["Anna Berg", "Marc Klein"].map(person));
  await makeColleagues(product, anna!, [marc!]);
  const { id } = await anna!.api.must("POST", "/collections", { body: { name: "Field notes" } });
  const { id: grantId } = await anna!.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: marc!.email, role: "owner" },
  });
  const marcs = await browserOf(marc);
  tolerate(marcs, /40[39] (POST|PATCH|PUT|GET)|429 POST/);
  await marcs.goto(`/collections/${id}`);
  const dialog = await openShare(marcs, "Field notes");
  const field = dialog.getByRole("combobox", { name: "Add people, groups or e-mail addresses" });

  // a day that was not picked, or is over, is asked for where it is missing; nobody is invited meanwhile
  await field.fill("later@example.net");
  await dialog.getByRole("combobox", { name: "Access ends" }).click();
  await marcs.getByRole("option", { name: "on a day…" }).click();
  await dialog.getByRole("button", { name: "Invite" }).click();
  const day = dialog.getByLabel("Last day of access");
  await expect(day).toBeFocused();
  await expect(day).toHaveAccessibleDescription("Choose a day.");
  await day.fill("2020-02-29");
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(day).toHaveAccessibleDescription("Choose a day from today on.");
  await expect(field).toHaveValue("later@example.net");
  await expect(dialog.getByRole("listitem").filter({ hasText: "later@example.net" })).toHaveCount(0);
  await look(marcs, "share-no-day");
  await dialog.getByRole("combobox", { name: "Access ends" }).click();
  await marcs.getByRole("option", { name: "never" }).click();

  // many at once; what is no address, and who is in already, say so
  await field.fill("one@example.net");
  await marcs.keyboard.press(",");
  await marcs.keyboard.type(`nobody@home,${anna!.email},`);
  await expect(dialog).toContainText("nobody@home: this is not an e-mail address.");
  await expect(dialog).toContainText(`${anna!.email}: has access already.`);
  await look(marcs, "share-refused-chips");
  await dialog.getByRole("button", { name: "Remove nobody@home" }).click();
  await dialog.getByRole("button", { name: `Remove ${anna!.email}` }).click();

  // too fast: the seconds are counted, and the chip stays to be tried again
  await marcs.route("**/collaborators", (route) =>
    route.request().method() === "POST"
      ? route.fulfill({
          status: 429,
          contentType: "application/problem+json",
          headers: { "retry-after": "2" },
          body: JSON.stringify({
            type: "about:blank",
            title: "Too many requests",
            status: 429,
            code: "rate_limited",
            detail: "Try again in 2 seconds.",
            requestId: "r",
          }),
        })
      : route.continue(),
  );
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/Try again in [12] second/);
  await expect(dialog.getByRole("alert")).toHaveText("You can try again now.");
  await marcs.unroute("**/collaborators");

  // general access that could not be changed says so where it was chosen
  await marcs.route("**/visibility", (route) =>
    route.request().method() === "PUT"
      ? route.fulfill({
          status: 409,
          contentType: "application/problem+json",
          body: JSON.stringify({
            type: "about:blank",
            title: "Conflict",
            status: 409,
            code: "conflict",
            detail: "Conflict.",
            requestId: "r",
          }),
        })
      : route.continue(),
  );
  await dialog.getByRole("combobox", { name: "General access" }).click();
  await marcs.getByRole("option", { name: /^Workspace/ }).click();
  const refusal = dialog.getByRole("alert").filter({ hasText: "Somebody else changed this" });
  await expect(refusal).toBeInViewport({ ratio: 1 });
  await expect(dialog.getByRole("combobox", { name: "General access" })).toHaveText("Private");
  await marcs.unroute("**/visibility");

  // no places left: the figures are shown, the row is gone again
  const [{ limits }] = (await product.query<{ limits: number }>(
    "SELECT l.collaborators AS limits FROM users u, app.quota_limits(u.id) l WHERE u.email = $1",
    [anna!.email],
  )) as [{ limits: number }];
  await product.query(
    `INSERT INTO invitations (email, email_normalized, collection_id, role_id, invited_by_id)
     SELECT 'x' || n || '@example.net', 'x' || n || '@example.net', $1::uuid, (SELECT id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL), u.id
       FROM users u, generate_series(1, $3::int) n WHERE u.email = $2`,
    [id, anna!.email, limits - 1],
  );
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(dialog).toContainText(`${limits} of ${limits} places are taken.`);
  await expect(dialog.getByRole("listitem").filter({ hasText: "one@example.net" })).toContainText(":");
  await look(marcs, "share-full");

  // so many are found by a part of the name or the address
  const people = dialog.getByRole("list", { name: "People with access" }).getByRole("listitem");
  await expect(dialog.getByRole("heading", { name: `People with access · ${limits + 1}` })).toBeVisible();
  const filter = dialog.getByRole("searchbox", { name: "Filter by name or address" });
  await filter.fill("X7@");
  await expect(people).toHaveText([/x7@example\.net/]);
  await look(marcs, "share-filtered");
  await filter.fill("somebody else");
  await expect(people).toHaveCount(0);
  await expect(dialog.getByText("Nobody found.")).toBeVisible();
  await filter.fill("");
  await expect(people).toHaveCount(limits + 1);

  // Anna takes Marc's right to share: his next change is refused, and the dialog says so
  await anna!.api.must("PATCH", `/collections/${id}/collaborators/${grantId}`, { body: { role: "editor" } });
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(marcs.getByRole("dialog", { name: "Access to “Field notes”" })).toContainText(
    "You can no longer change who has access. Ask Anna Berg if you need to.",
  );
  await expect(field).toHaveCount(0);
  await look(marcs, "share-lost-rights");
});
