import type { Page } from "@playwright/test";
import { expect, look, test } from "../support/test.ts";

/** The link in the newest mail with this subject to an address. */
async function linkMailedTo(page: Page, email: string, subject: string): Promise<string> {
  const mailbox = await page.context().newPage();
  const mail = mailbox.getByRole("listitem").filter({ hasText: email }).filter({ hasText: subject }).first();
  await expect(async () => {
    await mailbox.goto("/dev/mailbox");
    await expect(mail).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  const link = await mail.getByRole("link").first().getAttribute("href");
  await mailbox.close();
  return link!;
}
const subject = "Your link to sign in";

test("a mailed link signs in once, on any device, and leads on", async ({ person, browserOf, tolerate }) => {
  const anna = await person("Anna Berg");
  const page = await browserOf();
  await page.goto("/sign-in?next=/settings");
  await page.getByRole("button", { name: "Send me a link instead" }).click();
  await expect(page.getByText("Enter your e-mail address.")).toBeVisible();
  await page.getByLabel("E-mail address").fill(anna.email);
  await look(page, "sign-in");
  await page.getByRole("button", { name: "Send me a link instead" }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await look(page, "magic-link-sent");

  const link = await linkMailedTo(page, anna.email, subject);
  // scanners of mail open it, too, and nobody is signed in by that
  const scanner = await browserOf();
  await scanner.goto(link);
  await expect(scanner.getByText(`You sign in as ${anna.email}.`)).toBeVisible();

  const phone = await browserOf(undefined, { viewport: { width: 360, height: 740 } });
  await phone.goto(link);
  await expect(phone.getByText(`You sign in as ${anna.email}.`)).toBeVisible();
  await look(phone, "magic-link");
  await phone.getByRole("button", { name: "Sign in" }).click();
  await expect(phone.getByRole("heading", { name: "Settings" })).toBeVisible();

  // the page that was opened before says so; so does the link
  tolerate(scanner, /401 POST \/api\/auth\/callback\/magic-link/);
  await scanner.getByRole("button", { name: "Sign in" }).click();
  await expect(scanner.getByText(/This link was used already/)).toBeVisible();
  await scanner.goto(link);
  await expect(scanner.getByRole("heading", { name: "This link no longer works" })).toBeVisible();
  await look(scanner, "magic-link-dead");
  await scanner.getByRole("link", { name: "Get a new link" }).click();
  await expect(scanner.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("without scripts somebody signs in by password and by a mailed link", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const page = await browserOf(undefined, { javaScriptEnabled: false });
  // scripts are announced to every browser, and refused by this one
  tolerate(page, /^csp GET \/_next\/static\//);
  await page.goto("/sign-in?next=/settings");
  await page.getByLabel("E-mail address").fill(anna.email);
  await page.getByLabel("Password", { exact: true }).fill("not the right one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("E-mail address and password do not match an account.");
  // what was typed is in no address
  expect(page.url()).toMatch(/\/sign-in\?next=\/settings$/);
  await expect(page.getByLabel("E-mail address")).toHaveValue(anna.email);
  await page.getByLabel("Password", { exact: true }).fill(anna.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/settings$/);

  const other = await browserOf(undefined, { javaScriptEnabled: false });
  tolerate(other, /^csp GET \/_next\/static\//);
  await other.goto("/sign-in?next=/settings");
  await other.getByLabel("E-mail address").fill(anna.email);
  await other.getByRole("button", { name: "Send me a link instead" }).click();
  await expect(other.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await other.goto(await linkMailedTo(page, anna.email, subject));
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other).toHaveURL(/\/settings$/);
});

test("the page for signing in is as good in German", async ({ browserOf }) => {
  const page = await browserOf(undefined, { locale: "de-DE", viewport: { width: 360, height: 740 } });
  await page.goto("/sign-in");
  await expect(page.getByRole("button", { name: "Schick mir stattdessen einen Link" })).toBeVisible();
  await look(page, "sign-in-de");
});
