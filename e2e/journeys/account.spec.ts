import { Caller } from "../support/caller.ts";
import { expect, look, signInByForm, test } from "../support/test.ts";

test("a forgotten password is replaced by a mailed link, once", async ({ person, browserOf, tolerate }) => {
  const anna = await person("Anna Berg");
  const page = await browserOf();
  await page.goto("/sign-in");
  tolerate(page, /401 POST \/api\/auth\/callback\/credentials/);
  await signInByForm(page, { ...anna, password: "not the right one" });
  await expect(page.getByText("E-mail address and password do not match an account.")).toBeVisible();
  await look(page, "sign-in-failed");
  await page.getByRole("link", { name: "Forgot password?" }).click();
  await expect(page.getByRole("heading", { name: "Forgot password" })).toBeVisible();
  await page.getByLabel("E-mail address").fill(anna.email);
  await look(page, "forgot-password");
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();

  const mailbox = await page.context().newPage();
  const mail = mailbox
    .getByRole("listitem")
    .filter({ hasText: anna.email })
    .filter({ hasText: "Choose a new password" });
  await expect(async () => {
    await mailbox.goto("/dev/mailbox");
    await expect(mail).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  const link = await mail.getByRole("link").first().getAttribute("href");
  await mailbox.close();

  await page.goto(link!);
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Use at least 10 characters.")).toBeVisible();
  const password = `another word ${crypto.randomUUID()}`;
  await page.getByLabel("New password").fill(password);
  await look(page, "reset-password");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed. Sign in with the new one.")).toBeVisible();

  // whoever was signed in with the old one is not any more
  expect((await anna.api.call("GET", "/me")).status).toBe(401);
  await signInByForm(page, { ...anna, password });
  await expect(page.getByRole("heading", { name: "Put your first documents here" })).toBeVisible();

  // the link worked once
  tolerate(page, /4\d\d POST \/api\/v1\/auth\/password-reset\/confirm/);
  await page.goto(link!);
  await page.getByLabel("New password").fill(`one more ${crypto.randomUUID()}`);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("was used already or is too old", { exact: false })).toBeVisible();
});

test("sessions are seen and ended; a browser whose session ended is signed out at its next call", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const here = await browserOf();
  await here.goto("/sign-in");
  await signInByForm(here, anna);
  await expect(here.getByRole("heading", { name: "Put your first documents here" })).toBeVisible();
  const elsewhere = await browserOf(anna);
  await elsewhere.goto("/");
  await expect(elsewhere.getByRole("heading", { name: "Put your first documents here" })).toBeVisible();

  await here.goto("/settings");
  const sessions = here.getByRole("list", { name: "Sessions" });
  await expect(sessions.getByRole("listitem")).toHaveCount(2);
  await expect(sessions.getByText("This browser")).toHaveCount(1);
  await look(here, "settings");
  await sessions.getByRole("button", { name: /^End session/ }).click();
  await expect(sessions.getByRole("listitem")).toHaveCount(1);

  await expect.poll(async () => (await anna.api.call("GET", "/me")).status).toBe(401);
  tolerate(elsewhere, /401 (GET|POST) \/api/);
  // an open page may hear of it first, and go by itself
  await elsewhere
    .getByRole("link", { name: "Trash" })
    .click({ timeout: 3_000 })
    .catch(() => undefined);
  await expect(elsewhere).toHaveURL(/\/sign-in/);

  // signing out by hand
  await here.getByRole("button", { name: "Menu of Anna Berg" }).click();
  await here.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(here).toHaveURL(/\/sign-in/);
  await here.goto("/");
  await expect(here).toHaveURL(/\/sign-in/);
});

test("an access token is made, used by a program, and revoked", async ({ product, person, browserOf }) => {
  const anna = await person("Anna Berg");
  await anna.api.must("POST", "/collections", { body: { name: "For scripts" } });
  const page = await browserOf(anna);
  await page.goto("/settings");
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog", { name: "New access token" });
  await dialog.getByLabel("Name").fill("Nightly backup");
  await expect(dialog.getByText("changes nothing", { exact: false })).toBeVisible();
  await look(page, "token-new");
  await dialog.getByRole("button", { name: "Create" }).click();
  const shown = page.getByRole("dialog", { name: "Your new token" });
  const token = await shown.getByLabel("Token").inputValue();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(token)).toHaveCount(0);

  const script = new Caller(product.url, { token });
  const { items } = await script.must("GET", "/collections");
  expect(items).toMatchObject([{ name: "For scripts" }]);
  // it was not said that it may write
  const refused = await script.call("POST", "/collections", { body: { name: "By a script" } });
  expect([refused.status, refused.body.title]).toEqual([403, "Your token may not do this"]);

  await page.reload();
  await page.getByRole("button", { name: "New token" }).click();
  await dialog.getByLabel("Name").fill("Importer");
  await dialog.getByLabel("What it may do").click();
  await page.getByRole("option", { name: "Read and write", exact: true }).click();
  await expect(dialog.getByText("Also uploads", { exact: false })).toBeVisible();
  await dialog.getByRole("button", { name: "Create" }).click();
  const writing = new Caller(product.url, { token: await shown.getByLabel("Token").inputValue() });
  await shown.getByRole("button", { name: "Done" }).click();
  expect((await writing.call("POST", "/collections", { body: { name: "By a script" } })).status).toBe(201);
  expect((await writing.call("POST", "/groups", { body: { name: "By a script" } })).status).toBe(403);
  // neither does what is about the account itself
  expect((await writing.call("DELETE", "/me/sessions")).body.title).toBe("Sign in first");
  const list = page.getByRole("list", { name: "Access tokens" });
  await expect(list.getByRole("listitem").filter({ hasText: "Importer" })).toContainText("Read and write");
  await look(page, "tokens");
  await page.getByRole("button", { name: "Revoke Importer" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Revoke Nightly backup" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No access tokens")).toBeVisible();
  await expect.poll(async () => (await script.call("GET", "/collections")).status).toBe(401);
});

test("a new password signs out everywhere but here", async ({ person, browserOf }) => {
  const anna = await person("Anna Berg");
  const page = await browserOf();
  await page.goto("/sign-in");
  await signInByForm(page, anna);
  await expect(page.getByRole("heading", { name: "Put your first documents here" })).toBeVisible();
  await page.goto("/settings");
  await page.getByLabel("Current password").fill(anna.password);
  await page.getByLabel("New password").fill(`another word ${crypto.randomUUID()}`);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("You are signed out on your other devices.", { exact: false })).toBeVisible();
  expect((await anna.api.call("GET", "/me")).status).toBe(401);
  await page.goto("/trash");
  await expect(page.getByRole("heading", { name: "Trash" })).toBeVisible();
});

test("nothing tells whether an address has an account", async ({ product, person }) => {
  const anna = await person("Anna Berg");
  const nobody = new Caller(product.url);
  const unknown = `nobody.${crypto.randomUUID()}@example.org`;
  const answers = async (path: string, body: (email: string) => object) => {
    const [one, two] = await Promise.all(
      [anna.email, unknown].map((email) => nobody.call("POST", path, { body: body(email) })),
    );
    const plain = (answer: typeof one, email: string) =>
      JSON.stringify([answer!.status, answer!.body]).replaceAll(email, "ADDRESS");
    return [plain(one!, anna.email), plain(two!, unknown)];
  };
  const [known, fresh] = await answers("/auth/register", (email) => ({
    email,
    name: "Somebody",
    password: "a long enough word",
  }));
  expect(known).toBe(fresh);
  const [reset, resetFresh] = await answers("/auth/password-reset", (email) => ({ email }));
  expect(reset).toBe(resetFresh);
  // and the account that was there keeps its password and name
  expect(await new Caller(product.url).signIn(anna.email, anna.password)).toBe(true);
  expect(await anna.api.must("GET", "/me")).toMatchObject({ name: "Anna Berg" });
});
