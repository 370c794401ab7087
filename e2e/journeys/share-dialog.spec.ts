import type { Page } from "@playwright/test";
import type { Person } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

const addPeople = "Add people, groups or e-mail addresses";

async function openShare(page: Page, collectionId: string) {
  const stream = page.waitForResponse((response) => response.url().endsWith("/api/v1/events"));
  await page.goto(`/collections/${collectionId}`);
  expect((await stream).status()).toBe(200);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("listitem").first()).toBeVisible();
  return dialog;
}
const make = async ({ api }: Person, name: string): Promise<string> =>
  (await api.must<{ id: string }>("POST", "/collections", { body: { name } })).id;

test("somebody is invited with a few words, and the letter goes out again", async ({
  product,
  person,
  browserOf,
  stranger,
}) => {
  const [anna, zoe] = [await person("Anna Berg"), stranger("Zoe Arp")];
  const id = await make(anna, "Field notes");
  const page = await browserOf(anna);
  const dialog = await openShare(page, id);
  await dialog.getByLabel(addPeople).fill(zoe.email);
  const toggle = dialog.getByRole("button", { name: "Message" });
  await toggle.click();
  const message = dialog.getByRole("textbox", { name: "Message to those you invite" });
  await expect(message).toBeFocused();
  await message.fill("Please start with <page 3>.\nThank you!");
  await look(page, "share-message");
  // folded, it says that it is there
  await dialog.getByRole("button", { name: "Message" }).click();
  await expect(message).toBeHidden();
  await dialog.getByRole("button", { name: "Message (written)" }).click();
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(dialog.getByRole("status")).toHaveText(`${zoe.email} is added.`);
  await expect(message).toBeHidden();
  const mailbox = await browserOf();
  const mails = mailbox.getByRole("listitem").filter({ hasText: zoe.email });
  const expectMails = (count: number) =>
    expect(async () => {
      await mailbox.goto("/dev/mailbox");
      await expect(mails).toHaveCount(count, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
  await expectMails(1);
  await expect(mails.first()).toContainText("Please start with <page 3>.");

  // once a minute at most
  const row = dialog.getByRole("listitem").filter({ hasText: zoe.email });
  const resend = row.getByRole("button", { name: `Resend the invitation to ${zoe.email}` });
  await resend.click();
  await expect(row).toContainText("went out less than a minute ago");
  await look(page, "share-resent-early");
  await product.query(
    "UPDATE invitations SET letter_at = now() - interval '2 minutes', created_at = now() - interval '5 minutes' WHERE email_normalized = $1",
    [zoe.email],
  );
  await expect(row).toContainText("sent again 2 minutes ago");
  await resend.click();
  await expect(dialog.getByRole("status")).toHaveText(`The invitation to ${zoe.email} is sent again.`);
  await expect(row).not.toContainText("less than a minute ago");
  await expect(resend).toBeFocused();
  await look(page, "share-resent");
  await expectMails(2);
  await expect(mails.last()).toContainText("Please start with <page 3>.");

  // what was written can be read again, and the invitation taken back where it stands
  await row.getByRole("button", { name: /: Viewer$/ }).click();
  await expect(page.getByRole("menu")).toContainText("With the message: “Please start with <page 3>.");
  await look(page, "share-menu-of-invitation");
  await page.getByRole("menuitem", { name: "Withdraw invitation" }).click();
  await expect(row).toContainText("is withdrawn");
});

test("two people in the same dialog see what the other does, and lose nothing of what they type", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, marc, carla] = await Promise.all(["Anna Berg", "Marc Klein", "Carla Ito"].map(person));
  const id = await make(anna!, "Field notes");
  const { id: marcsGrant } = await anna!.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: marc!.email, role: "owner" },
  });
  await marc!.api.must("GET", `/collections/${id}`);
  const [annas, marcs] = [await browserOf(anna), await browserOf(marc)];
  const [hers, his] = [await openShare(annas, id), await openShare(marcs, id)];

  // Anna is typing
  const herField = hers.getByLabel(addPeople);
  await herField.fill("zoe@example.net");
  await annas.keyboard.press(",");
  await annas.keyboard.type("half an addr");
  await hers.getByRole("button", { name: "Message" }).click();
  await hers.getByRole("textbox", { name: "Message to those you invite" }).fill("Hello Zoe");

  // Marc invites the same address, and opens the collection
  await his.getByLabel(addPeople).fill("zoe@example.net");
  await his.getByRole("button", { name: "Invite" }).click();
  await expect(hers.getByRole("listitem").filter({ hasText: "zoe@example.net" })).toBeVisible();
  await his.getByRole("combobox", { name: "General access" }).click();
  await marcs.getByRole("option", { name: /^Public/ }).click();
  await expect(hers.getByRole("combobox", { name: "General access" })).toHaveText("Public");
  await expect(herField).toHaveValue("half an addr");
  await expect(hers.getByRole("textbox", { name: "Message to those you invite" })).toHaveValue("Hello Zoe");
  // whom he has invited meanwhile gets no other role by her press
  await herField.fill("");
  await hers.getByRole("button", { name: "Invite" }).click();
  await expect(hers).toContainText("zoe@example.net: has access already.");
  await hers.getByRole("button", { name: "Remove zoe@example.net" }).click();

  // Carla asks, both see it, and what one answers is gone for the other
  await carla!.api.must("POST", `/collections/${id}/access-requests`, { body: { message: "I would edit." } });
  for (const dialog of [hers, his]) await expect(dialog).toContainText("I would edit.");
  await look(marcs, "share-live-request");
  await his.getByRole("button", { name: "Give Carla Ito access" }).click();
  await expect(hers).not.toContainText("I would edit.");
  await expect(hers.getByRole("button", { name: /^Role of Carla Ito/ })).toBeVisible();

  // Anna takes Marc's rights while a question of his is open
  await his.getByRole("button", { name: /^Role of Carla Ito/ }).click();
  await marcs.getByRole("menuitem", { name: /^Access ends/ }).click();
  await expect(his.getByRole("group", { name: /^When does access for Carla Ito end/ })).toBeVisible();
  tolerate(marcs, /403 (GET|POST)/);
  await anna!.api.must("PATCH", `/collections/${id}/collaborators/${marcsGrant}`, {
    body: { role: "viewer" },
  });
  const reading = marcs.getByRole("dialog", { name: "Access to “Field notes”" });
  await expect(reading.getByRole("alert")).toHaveText(
    "You can no longer change who has access. Ask Anna Berg if you need to.",
  );
  await expect(reading.getByRole("group")).toHaveCount(0);
  await look(marcs, "share-live-lost");
});

test("on a phone it comes from the bottom, as wide as the window, and leaves the field above the keyboard", async ({
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const id = await make(anna, "Field notes");
  for (let count = 0; count < 6; count++)
    await anna.api.must("POST", `/collections/${id}/collaborators`, {
      body: {
        email: `reader${count}.${crypto.randomUUID().slice(0, 8)}@example.net`,
        role: "viewer",
        notify: false,
      },
    });
  const page = await browserOf(anna, {
    viewport: { width: 390, height: 780 },
    ...{ hasTouch: true, isMobile: true },
  });
  const dialog = await openShare(page, id);
  await look(page, "share-sheet");
  const boxOf = async () => (await dialog.boundingBox())!;
  const sheet = await boxOf();
  expect([sheet.x, sheet.width]).toEqual([0, 390]);
  expect(Math.round(sheet.y + sheet.height)).toBe(780);

  // a keyboard makes the window smaller
  await dialog.getByLabel(addPeople).tap();
  await page.setViewportSize({ width: 390, height: 420 });
  await expect.poll(async () => Math.round((await boxOf()).y + sheet.height) >= 0).toBe(true);
  await expect(dialog.getByLabel(addPeople)).toBeInViewport({ ratio: 1 });
  const small = await boxOf();
  expect(small.y).toBeGreaterThanOrEqual(0);
  expect(Math.round(small.y + small.height)).toBe(420);
  await look(page, "share-sheet-keyboard");

  // or covers a part of it
  await page.setViewportSize({ width: 390, height: 780 });
  await page.evaluate(() => {
    const visual = window.visualViewport!;
    Object.defineProperty(visual, "height", { configurable: true, get: () => 440 });
    visual.dispatchEvent(new Event("resize"));
  });
  await expect.poll(async () => Math.round((await boxOf()).y + (await boxOf()).height)).toBe(440);
  await expect(dialog.getByLabel(addPeople)).toBeInViewport({ ratio: 1 });
});
