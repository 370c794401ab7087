import { expect, look, test } from "../support/test.ts";

test("two people: what one shares the other hears of at once, reads, filters and chooses", async ({
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const marc = await person("Marc Klein");
  const marcs = await browserOf(marc);
  await marcs.goto("/");
  const bell = marcs.getByRole("button", { name: /^Notifications/ });
  await expect(bell).toHaveAccessibleName("Notifications");
  await bell.click();
  const panel = marcs.getByRole("dialog", { name: "Notifications" });
  await expect(panel).toContainText("Nothing new");
  await look(marcs, "notifications-empty");
  await marcs.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(bell).toBeFocused();

  const letters = await anna.api.must("POST", "/collections", { body: { name: "Letters 1911" } });
  await anna.api.must("POST", `/collections/${letters.id}/collaborators`, {
    body: { email: marc.email, role: "viewer" },
  });
  await expect(async () => {
    await marcs.reload();
    await expect(bell).toHaveAccessibleName("Notifications, 1 unread", { timeout: 500 });
  }).toPass({ timeout: 20_000 });

  // by keyboard alone: open, to the line, follow it
  await bell.focus();
  await marcs.keyboard.press("Enter");
  const line = panel.getByRole("link", { name: /Anna Berg shared Letters 1911 with you/ });
  await expect(line).toBeVisible();
  await look(marcs, "notifications-panel");
  await line.focus();
  await marcs.keyboard.press("Enter");
  await expect(marcs.getByRole("heading", { name: "Letters 1911", level: 1 })).toBeVisible();
  await expect(bell).toHaveAccessibleName("Notifications");

  // the page, with filters that stay in the address
  await bell.click();
  await panel.getByRole("link", { name: "See all" }).click();
  await expect(marcs.getByRole("heading", { name: "Notifications", level: 1 })).toBeVisible();
  const list = marcs.getByRole("list", { name: "Notifications" });
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await look(marcs, "notifications-page");
  await marcs.getByRole("combobox", { name: "Show" }).click();
  await marcs.getByRole("option", { name: "Unread" }).click();
  await expect(marcs.getByText("Everything is read")).toBeVisible();
  await marcs.reload();
  await expect(marcs.getByText("Everything is read")).toBeVisible();

  // what one chooses holds
  await marcs.getByRole("main").getByRole("link", { name: "Choose what you are told" }).click();
  const roles = marcs.getByRole("group", { name: "My role or the end of my access changes" });
  await roles.getByRole("checkbox", { name: "At the bell" }).click();
  await roles.getByRole("combobox", { name: "E-mail" }).click();
  await marcs.getByRole("option", { name: "No e-mail" }).click();
  await look(marcs, "notification-preferences");
  await marcs.reload();
  await expect(roles.getByRole("checkbox", { name: "At the bell" })).not.toBeChecked();
  await expect(roles.getByRole("combobox", { name: "E-mail" })).toHaveText("No e-mail");
  const { items } = await anna.api.must("GET", `/collections/${letters.id}/collaborators`);
  const grant = items.find(({ email }: { email: string }) => email === marc.email);
  const at = `/collections/${letters.id}/collaborators/${grant.id}`;
  await anna.api.must("PATCH", at, { body: { role: "editor" } });
  await anna.api.must("DELETE", at);
  await expect(async () => {
    await marcs.goto("/notifications");
    await expect(list).toContainText("You no longer have access to Letters 1911", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  // what was shared is gone from the list, and the change of role was never in it
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await marcs.getByRole("button", { name: "Mark all as read" }).click();
  await expect(bell).toHaveAccessibleName("Notifications");
});

test("in German, in the dark and on a phone", async ({ person, browserOf }) => {
  const anna = await person("Anna Berg");
  const marc = await person("Marc Klein");
  await marc.api.must("PATCH", "/settings", { body: { language: "de" } });
  const { id } = await anna.api.must("POST", "/collections", {
    body: { name: "Feldnotizen 2026, dritter Band" },
  });
  await anna.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: marc.email, role: "viewer" },
  });
  const phone = await browserOf(marc, {
    viewport: { width: 360, height: 740 },
    colorScheme: "dark",
    locale: "de-DE",
  });
  const bell = phone.getByRole("button", { name: /^Benachrichtigungen/ });
  await expect(async () => {
    await phone.goto("/");
    await expect(bell).toHaveAccessibleName("Benachrichtigungen, 1 ungelesen", { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await bell.click();
  await expect(phone.getByRole("dialog", { name: "Benachrichtigungen" })).toContainText(
    "Anna Berg hat Feldnotizen 2026, dritter Band mit dir geteilt",
  );
  await look(phone, "notifications-panel-phone");
  await phone.goto("/notifications");
  await look(phone, "notifications-page-phone");
  await phone.goto("/settings/notifications");
  await expect(phone.getByRole("heading", { name: "Benachrichtigungen", level: 1 })).toBeVisible();
  await look(phone, "notification-preferences-phone");
});

test("a mail leads to the page that ends mails like it, without signing in", async ({
  person,
  browserOf,
}) => {
  const anna = await person("Anna Berg");
  const marc = await person("Marc Klein");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Letters 1911" } });
  const grants = `/collections/${id}/collaborators`;
  const grant = await anna.api.must("POST", grants, { body: { email: marc.email, role: "viewer" } });
  await anna.api.must("PATCH", `${grants}/${grant.id}`, { body: { role: "editor" } });
  const reader = await browserOf();
  const mail = reader
    .getByRole("listitem")
    .filter({ hasText: marc.email })
    .filter({ hasText: "Anna Berg made you editor of “Letters 1911”" });
  await expect(async () => {
    await reader.goto("/dev/mailbox");
    await expect(mail).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await mail.getByText("As it looks in a mail program").click();
  await look(reader, "notification-mail");
  await mail.getByRole("link", { name: /unsubscribe/ }).click();
  await expect(reader.getByRole("heading", { name: "Stop e-mails" })).toBeVisible();
  await look(reader, "unsubscribe");
  const mailOf = async () => {
    const { kinds } = await marc.api.must("GET", "/me/notification-preferences");
    return kinds.find(({ kind }: { kind: string }) => kind === "roleChanged").mail;
  };
  expect(await mailOf()).toBe("now");
  await reader.getByRole("button", { name: "Stop e-mails" }).click();
  await expect(reader.getByRole("status")).toContainText("No more of these e-mails will come.");
  expect(await mailOf()).toBe("never");
});
