import type { Page } from "@playwright/test";
import { newcomer, type Person } from "../support/caller.ts";
import { expect, look, signInByForm, test } from "../support/test.ts";

/** Presses a button by keyboard alone. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("button", { name }).focus();
  await page.keyboard.press("Enter");
}

async function signUpByForm(page: Page, { name, email, password }: Person): Promise<void> {
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
}

test("an invited address joins, gets what a group has, and loses it with the group", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const ben = newcomer(product.url, "Ben Klein");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Proofs" } });
  const group = await anna.api.must("POST", "/groups", { body: { name: "Editorial" } });
  await anna.api.must("POST", `/collections/${id}/collaborators`, {
    body: { groupId: group.id, role: "editor" },
  });

  // Anna names her workspace and invites, all by keyboard
  const annas = await browserOf(anna);
  await annas.goto("/settings");
  await annas.getByRole("link", { name: "People" }).click();
  await expect(annas.getByRole("heading", { name: "People", level: 1 })).toBeVisible();
  await press(annas, /Name of the workspace$/);
  await annas.getByRole("textbox", { name: "Name of the workspace" }).fill("Berg & Klein");
  await annas.keyboard.press("Enter");
  await expect(annas.getByRole("complementary")).toContainText("Berg & Klein");
  await press(annas, "Invite people");
  const dialog = annas.getByRole("dialog", { name: "Invite people to “Berg & Klein”" });
  await expect(dialog.getByLabel("E-mail addresses")).toBeFocused();
  await annas.keyboard.type("nobody@nowhere");
  await annas.keyboard.press("Enter");
  await expect(dialog).toContainText("This is not a complete address: nobody@nowhere");
  await look(annas, "people-invite");
  await dialog.getByLabel("E-mail addresses").fill(`${ben.email}, ${anna.email}`);
  await annas.keyboard.press("Enter");
  await expect(dialog).toContainText(`${anna.email} is in your workspace already.`);
  await annas.keyboard.press("Escape");
  await expect(annas.getByRole("button", { name: "Invite people" })).toBeFocused();
  await expect(annas.getByRole("list", { name: "Invited" })).toContainText(ben.email);
  await look(annas, "people-invited");

  // Ben follows the letter, signs up, and is in
  const bens = await browserOf();
  await bens.goto("/dev/mailbox");
  const mail = bens.getByRole("listitem").filter({ hasText: ben.email });
  await expect(async () => {
    await bens.reload();
    await expect(mail).toContainText("Anna Berg invites you to “Berg & Klein”", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await mail.getByRole("link").first().click();
  await expect(bens).toHaveURL(/\/sign-in\?next=/);
  await signUpByForm(bens, ben);
  await expect(bens.getByText("your workspace is “Berg & Klein”")).toBeVisible();
  await look(bens, "join-done");
  expect(await ben.api.signIn(ben.email, ben.password)).toBe(true);
  expect((await ben.api.call("GET", `/collections/${id}`)).status).toBe(403);
  await bens.goto("/settings/people");
  await expect(bens.getByRole("list", { name: "Members" })).toContainText("Anna Berg");
  await expect(bens.getByRole("button", { name: "Invite people" })).toHaveCount(0);
  await expect(bens.getByRole("button", { name: /^Role of Anna Berg/ })).toHaveCount(0);
  await look(bens, "people-member");

  // Anna puts him into the group by name: the group's collection is there at once
  await annas.goto(`/settings/groups/${group.id}`);
  await annas.getByRole("combobox", { name: "Add people" }).focus();
  await annas.keyboard.type("ben k");
  await expect(annas.getByRole("option", { name: /^Ben Klein/ })).toBeVisible();
  await look(annas, "group-suggestions");
  await annas.keyboard.press("Enter");
  await annas.keyboard.press("Enter");
  await expect(annas.getByText("1 person was added.")).toBeVisible();
  expect(await ben.api.must("GET", `/collections/${id}`)).toMatchObject({ name: "Proofs" });
  await bens.goto("/shared");
  await expect(bens.getByRole("list", { name: "Shared with me" })).toContainText("Proofs");

  // and gone with it
  await annas.getByRole("button", { name: "Remove Ben Klein" }).click();
  await expect.poll(async () => (await ben.api.call("GET", `/collections/${id}`)).status).toBe(403);
  await annas.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await ben.api.call("GET", `/collections/${id}`)).status).toBe(200);

  // suspended, he is out of his open page with the next call; back, he signs in again
  await annas.goto("/settings/people");
  await annas.getByRole("button", { name: "Role of Ben Klein: Member" }).click();
  await annas.getByRole("menuitem", { name: "Suspend" }).click();
  await annas.getByRole("alertdialog").getByRole("button", { name: "Suspend" }).click();
  await expect(annas.getByRole("list", { name: "Members" })).toContainText("Suspended");
  await look(annas, "people-suspended");
  expect((await ben.api.call("GET", "/me")).status).toBe(401);
  tolerate(bens, /401 (GET|POST)/);
  await bens.goto("/settings/people");
  await expect(bens).toHaveURL(/\/sign-in/);
  await annas.getByRole("button", { name: "Role of Ben Klein: Member" }).click();
  await annas.getByRole("menuitem", { name: "Bring back" }).click();
  await expect(annas.getByRole("list", { name: "Members" })).not.toContainText("Suspended");
  await signInByForm(bens, ben);
  await expect(bens.getByRole("list", { name: "Members" })).toContainText("Anna Berg");

  // removed, he goes on in a workspace of his own
  await annas.getByRole("button", { name: "Role of Ben Klein: Member" }).click();
  await annas.getByRole("menuitem", { name: "Remove from workspace" }).click();
  const removal = annas.getByRole("alertdialog", { name: "Remove Ben Klein?" });
  await expect(removal).toContainText("1 group, and what it reaches");
  await look(annas, "people-removal");
  await removal.getByRole("button", { name: "Remove" }).click();
  await expect(annas.getByRole("list", { name: "Members" })).not.toContainText("Ben Klein");
  await bens.reload();
  await expect(bens.getByRole("list", { name: "Members" })).not.toContainText("Anna Berg");
  await expect(bens.getByText("Ben Klein’s workspace").first()).toBeVisible();
});

test("somebody with an account joins with what they own, or declines", async ({ person, browserOf }) => {
  const [anna, carla] = await Promise.all([person("Anna Berg"), person("Carla Ito")]);
  const { id } = await carla.api.must("POST", "/collections", { body: { name: "Herbarium" } });
  const invite = () =>
    anna.api.must("POST", "/workspace/invitations", { body: { emails: [carla.email], role: "admin" } });
  await invite();

  const page = await browserOf(carla);
  await page.goto("/");
  const notice = page.getByRole("region", { name: "Invitation" });
  await expect(notice).toContainText("Anna Berg invites you to");
  await expect(notice).toContainText("Your collection comes along");
  await look(page, "offer");
  await notice.getByRole("button", { name: "Not now" }).click();
  await expect(notice).toHaveCount(0);
  await page.goto("/join");
  await page.getByRole("button", { name: "Decline" }).click();
  await expect(page.getByText(`No invitation waits for ${carla.email}`)).toBeVisible();
  const annas = await browserOf(anna);
  await annas.goto("/settings/people");
  await expect(annas.getByRole("list", { name: "Invited" })).toContainText("Declined");

  await invite();
  await page.goto("/join");
  // the offer is gone from its list long before all else is asked for again: the way home must not wait for that
  const home = Promise.withResolvers<void>();
  await page.route("**/api/v1/me/quota", async (route) => {
    await home.promise;
    await route.continue();
  });
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page).toHaveURL(/\/$/);
  home.resolve();
  await expect(page.getByRole("complementary")).toContainText("Anna Berg’s workspace");
  expect(await carla.api.must("GET", `/collections/${id}`)).toMatchObject({ name: "Herbarium" });
  await annas.reload();
  await expect(annas.getByRole("button", { name: "Role of Carla Ito: Admin" })).toBeVisible();
  // who owns collections is not removed but suspended
  await annas.getByRole("button", { name: "Role of Carla Ito: Admin" }).click();
  await annas.getByRole("menuitem", { name: "Remove from workspace" }).click();
  await expect(annas.getByRole("dialog", { name: "Carla Ito can’t be removed yet" })).toContainText(
    "Carla Ito owns 1 collection here",
  );
  await look(annas, "people-removal-blocked");
});

test("many people leave a group at once, and come back", async ({ product, person, browserOf, tolerate }) => {
  const anna = await person("Anna Berg");
  const others = ["Ben Klein", "Carla Ito", "Dora Lang"].map((name) => newcomer(product.url, name));
  await anna.api.must("POST", "/workspace/invitations", {
    body: { emails: others.map(({ email }) => email) },
  });
  for (const { name, email, password } of others)
    await anna.api.must("POST", "/auth/register", { body: { name, email, password } });
  const group = await anna.api.must("POST", "/groups", { body: { name: "Editorial" } });

  const page = await browserOf(anna);
  await page.goto(`/settings/groups/${group.id}`);
  const field = page.getByRole("combobox", { name: "Add people" });
  await field.fill([...others.map(({ email }) => email), "nobody@example.org"].join(" "));
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("3 people were added.")).toBeVisible();
  await expect(page.getByText("nobody in your workspace has this address.")).toBeVisible();
  await look(page, "group-added");
  const people = page.getByRole("list", { name: "People" });
  await page.getByRole("checkbox", { name: "Select Ben Klein" }).check();
  await page.getByRole("checkbox", { name: "Select Dora Lang" }).check();
  await look(page, "group-selected");
  await page.getByRole("button", { name: "Remove from group" }).click();
  const question = page.getByRole("alertdialog", { name: "Remove 2 people from “Editorial”?" });
  await expect(question).toContainText("They lose what they reach only through this group.");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Remove from group" })).toBeFocused();
  await page.keyboard.press("Enter");
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(people.getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(people.getByRole("listitem")).toHaveCount(3);

  // a group that is gone meanwhile does not stay on the page
  await page.route(
    (url) => url.pathname === `/api/v1/groups/${group.id}/members`,
    async (route) => {
      if (route.request().method() === "DELETE") await anna.api.must("DELETE", `/groups/${group.id}`);
      await route.continue();
    },
  );
  tolerate(page, /40[34] (GET|DELETE) \/api\/v1\/(groups|workspace)/);
  await page.getByRole("button", { name: "Remove Ben Klein" }).click();
  await expect(page.getByText("This group can’t be shown")).toBeVisible();
  await expect(people).toHaveCount(0);
});
