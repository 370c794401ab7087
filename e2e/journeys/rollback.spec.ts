import type { Locator, Page } from "@playwright/test";
import { Caller, type Person, uniqueText, uploadFile } from "../support/caller.ts";
import type { Product } from "../support/product.ts";
import { expect, test } from "../support/test.ts";

/** What a change without a connection has to leave as it was, and where it is said that it failed. */
interface Attempt {
  what: string;
  path: string;
  /** Brings the page to where the change can be made, while there still is a connection. */
  prepare?: (page: Page) => Promise<void>;
  act: (page: Page) => Promise<void>;
  /** There before and, once it has failed, again. */
  stays: (page: Page) => Locator;
  says: RegExp;
}

const offline = /The server could not be reached/;
const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click();
const choose = async (page: Page, menu: string | RegExp, item: string | RegExp) => {
  await press(page, menu);
  await page.getByRole("menuitem", { name: item }).click();
};
const itemOf = (page: Page, list: string, text: string) =>
  page.getByRole("list", { name: list, exact: true }).getByRole("listitem").filter({ hasText: text });
const share = async (page: Page) => {
  await press(page, "Share");
  await expect(page.getByRole("dialog").getByRole("list", { name: "People with access" })).toBeVisible();
};

/**
 * What the server drew answers to presses only once it is hydrated, and what is loaded when the browser is idle ends with
 * the toasts; without a connection nothing more would come.
 */
async function whenAlive(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("main, main *")].every((element) =>
      Object.keys(element).some((key) => key.startsWith("__reactProps")),
    ),
  );
  await expect(page.getByRole("region", { name: /^Messages/ })).toBeAttached();
}

async function makeWorld(product: Product, anna: Person, ben: Person) {
  const { api } = anna;
  const make = (path: string, body: unknown) => api.must<{ id: string }>("POST", path, { body });
  const shelf = await make("/collections", { name: "Field notes" });
  const old = await make("/collections", { name: "Old notes" });
  await api.must("DELETE", `/collections/${old.id}`);
  const upload = (name: string) => uploadFile(api, shelf.id, uniqueText(name));
  const [letter, , gone] = [await upload("Letter.txt"), await upload("Map.txt"), await upload("Gone.txt")];
  await api.must("DELETE", `/documents/${gone.id}`);
  await make(`/collections/${shelf.id}/collaborators`, { email: ben.email, role: "viewer" });
  await product.query(
    "UPDATE users SET workspace_id = (SELECT workspace_id FROM users WHERE email = $1), workspace_role = 'member' WHERE email = $2",
    [anna.email, ben.email],
  );
  const group = await make("/groups", { name: "Editorial", description: "Writes" });
  const nested = await make("/groups", { name: "Proofreaders" });
  await make(`/groups/${group.id}/nested`, { groupId: nested.id });
  await make(`/groups/${group.id}/members`, { emails: [ben.email] });
  await make("/workspace/invitations", { emails: ["lena@example.org"], role: "member" });
  await make("/me/tokens", { name: "A script" });
  // a second session, which can be ended
  await new Caller(product.url).signIn(anna.email, anna.password);
  return { shelf: shelf.id, letter: letter.id, group: group.id };
}

function attempts(world: Awaited<ReturnType<typeof makeWorld>>, ben: Person): Attempt[] {
  const collection = `/collections/${world.shelf}`;
  const document = `/documents/${world.letter}`;
  const group = `/settings/groups/${world.group}`;
  const heading = (page: Page, name: string) => page.getByRole("heading", { name, level: 1 });
  const rowOf = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });
  const dialog = (page: Page) => page.getByRole("dialog");
  const bensRole = (page: Page) => dialog(page).getByRole("button", { name: /^Role of .*: Viewer$/ });
  return [
    {
      ...{ what: "a document to the trash", path: collection, says: offline },
      act: (page) => choose(page, "Actions for “Letter.txt”", "Move to trash"),
      stays: (page) => rowOf(page, "Letter.txt"),
    },
    {
      ...{ what: "several documents to the trash", path: collection },
      prepare: async (page) => {
        await page.getByRole("link", { name: "Map.txt" }).focus();
        await page.keyboard.press("ControlOrMeta+a");
      },
      act: (page) => page.getByRole("toolbar").getByRole("button", { name: "Move to trash" }).click(),
      stays: (page) => rowOf(page, "Map.txt"),
      says: /2 documents could not be moved to the trash/,
    },
    {
      ...{ what: "an open document to the trash", path: document, says: offline },
      act: (page) => choose(page, "Actions for “Letter.txt”", "Move to trash"),
      stays: (page) => heading(page, "Letter.txt"),
    },
    {
      ...{ what: "a document back", path: "/trash", says: offline },
      act: (page) => press(page, "Restore “Gone.txt”"),
      stays: (page) => itemOf(page, "Documents", "Gone.txt"),
    },
    {
      ...{ what: "a document for good", path: "/trash", says: offline },
      prepare: (page) => press(page, "Delete “Gone.txt” for good"),
      act: (page) => page.getByRole("alertdialog").getByRole("button", { name: "Delete for good" }).click(),
      stays: (page) => itemOf(page, "Documents", "Gone.txt"),
    },
    {
      ...{ what: "a collection back", path: "/trash", says: offline },
      act: (page) => press(page, "Restore “Old notes”"),
      stays: (page) => itemOf(page, "Collections", "Old notes"),
    },
    {
      ...{ what: "a collection for good", path: "/trash", says: offline },
      prepare: (page) => press(page, "Delete “Old notes” for good"),
      act: (page) => page.getByRole("alertdialog").getByRole("button", { name: "Delete for good" }).click(),
      stays: (page) => itemOf(page, "Collections", "Old notes"),
    },
    {
      ...{ what: "an open collection to the trash", path: collection, says: offline },
      act: (page) => choose(page, "Actions of this collection", "Move to trash"),
      stays: (page) => rowOf(page, "Letter.txt"),
    },
    {
      ...{ what: "a collection's name", path: collection, says: offline },
      prepare: (page) => press(page, /Edit name$/),
      act: async (page) => {
        await page.getByRole("textbox", { name: "Edit name" }).fill("Another name");
        await page.keyboard.press("Enter");
        // what was typed is not lost; left alone, the old name is back
        await expect(page.getByRole("textbox", { name: "Edit name" })).toHaveValue("Another name");
        await expect(page.getByRole("alert").filter({ hasText: offline })).toBeVisible();
      },
      stays: (page) => page.getByRole("navigation").getByText("Field notes").first(),
    },
    {
      ...{ what: "a document's name", path: document, says: offline },
      prepare: (page) => choose(page, "Actions for “Letter.txt”", "Rename"),
      act: async (page) => {
        await dialog(page).getByLabel("Name").fill("Another name.txt");
        await page.keyboard.press("Enter");
        await expect(dialog(page).getByRole("button", { name: "Rename" })).toBeEnabled();
        await expect(dialog(page).getByLabel("Name")).toHaveValue("Another name.txt");
      },
      stays: (page) => dialog(page),
    },
    {
      ...{ what: "a group's description", path: group, says: offline },
      prepare: (page) => press(page, /^Writes\./),
      act: async (page) => {
        await page.getByRole("textbox", { name: /Description/ }).fill("Prints");
        await page.keyboard.press("ControlOrMeta+Enter");
      },
      stays: (page) => page.getByRole("textbox", { name: /Description/ }),
    },
    {
      ...{ what: "somebody out of a group", path: group, says: offline },
      act: (page) => press(page, `Remove ${ben.name}`),
      stays: (page) => page.getByRole("listitem").filter({ hasText: ben.email }),
    },
    {
      ...{ what: "a group out of a group", path: group, says: offline },
      act: (page) => press(page, "Take Proofreaders out"),
      stays: (page) => page.getByRole("listitem").filter({ hasText: "Proofreaders" }),
    },
    {
      ...{ what: "somebody's role in the workspace", path: "/settings/people", says: offline },
      prepare: (page) => press(page, `Role of ${ben.name}: Member`),
      act: (page) => page.getByRole("menuitemradio", { name: /^Admin/ }).click(),
      stays: (page) => page.getByRole("button", { name: `Role of ${ben.name}: Member` }),
    },
    {
      ...{ what: "an invitation to the workspace", path: "/settings/people", says: offline },
      prepare: (page) => press(page, /lena@example\.org/),
      act: (page) => page.getByRole("menuitem", { name: "Take back" }).click(),
      stays: (page) => itemOf(page, "Invited", "lena@example.org"),
    },
    {
      ...{ what: "the workspace's name", path: "/settings/people", says: offline },
      prepare: (page) => press(page, /Name of the workspace$/),
      act: async (page) => {
        await page.getByRole("textbox", { name: "Name of the workspace" }).fill("Another");
        await page.keyboard.press("Enter");
      },
      stays: (page) => page.getByRole("textbox", { name: "Name of the workspace" }),
    },
    {
      ...{ what: "a session", path: "/settings", says: offline },
      act: (page) => press(page, /^End session on/),
      stays: (page) => page.getByRole("button", { name: /^End session on/ }).first(),
    },
    {
      ...{ what: "a token", path: "/settings", says: offline },
      prepare: (page) => press(page, "Revoke A script"),
      act: (page) =>
        page
          .getByRole("alertdialog")
          .getByRole("button", { name: /^Revoke/ })
          .click(),
      stays: (page) => page.getByRole("button", { name: "Revoke A script" }),
    },
    {
      ...{ what: "a role in a collection", path: collection, says: offline },
      prepare: async (page) => {
        await share(page);
        await bensRole(page).click();
      },
      act: (page) => page.getByRole("menuitemradio", { name: /^Editor/ }).click(),
      stays: bensRole,
    },
    {
      ...{ what: "access to a collection", path: collection, says: offline },
      prepare: async (page) => {
        await share(page);
        await bensRole(page).click();
      },
      act: (page) => page.getByRole("menuitem", { name: "Remove access" }).click(),
      stays: bensRole,
    },
    {
      ...{ what: "somebody added to a collection", path: collection, says: offline },
      prepare: share,
      act: async (page) => {
        await page.keyboard.type("somebody.else@example.org");
        await dialog(page).getByRole("button", { name: "Invite" }).click();
      },
      stays: (page) => dialog(page).getByText("People with access · 2"),
    },
    {
      ...{ what: "a collection's visibility", path: collection, says: offline },
      prepare: async (page) => {
        await share(page);
        await dialog(page).getByRole("combobox", { name: "General access" }).click();
      },
      act: (page) => page.getByRole("option", { name: /^Workspace/ }).click(),
      stays: (page) =>
        dialog(page).getByRole("combobox", { name: "General access" }).filter({ hasText: "Private" }),
    },
    {
      ...{ what: "a document's access mode", path: document, says: offline },
      prepare: async (page) => {
        await share(page);
        await dialog(page).getByRole("combobox", { name: "Access to this document" }).click();
      },
      act: (page) => page.getByRole("option", { name: /^Private/ }).click(),
      stays: (page) =>
        dialog(page)
          .getByRole("combobox", { name: "Access to this document" })
          .filter({ hasNotText: "Private" }),
    },
  ];
}

test("without a connection every change says so, and what it took away or turned is as it was", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const ben = await person("Ben Klein");
  const world = await makeWorld(product, anna, ben);
  const page = await browserOf(anna);
  tolerate(page, /ERR_INTERNET_DISCONNECTED/);
  await page.context().addCookies([{ name: "sheaf-view", value: "list", url: product.url }]);
  for (const { what, path, prepare, act, stays, says } of attempts(world, ben))
    await test.step(what, async () => {
      await page.goto(path);
      await whenAlive(page);
      if (!prepare) await expect(stays(page)).toBeVisible();
      await prepare?.(page);
      await page.context().setOffline(true);
      await act(page);
      await expect(page.getByText(says).first()).toBeVisible();
      await expect(stays(page)).toBeVisible();
      await page.context().setOffline(false);
    });
  // and nothing of it has reached the server
  const left = await product.query(
    "SELECT c.name, count(*)::int AS documents FROM collections c JOIN documents d ON d.collection_id = c.id WHERE c.id = $1 AND d.deleted_at IS NULL GROUP BY 1",
    [world.shelf],
  );
  expect(left).toEqual([{ name: "Field notes", documents: 2 }]);
});
