import { fromBase32, stepAt, totpCode } from "#lib/accounts/testing/authenticator.ts";
import { expect, look, signInByForm, test } from "../support/test.ts";

test("sign-in in two steps: set up, asked for, by app and by backup code", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  const page = await browserOf(anna);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your password", { exact: true }).fill(anna.password);
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  await look(page, "two-step-scan");
  const key = await dialog.getByText(/^([A-Z2-7]{4} ?)+$/).innerText();
  const secret = fromBase32(key.replaceAll(" ", ""));

  // nothing is on before a code was right
  tolerate(page, /(401|403|409|422) POST/);
  await dialog.getByLabel("Six-digit code").fill("000000");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText(/This code is not right/)).toBeVisible();
  const step = stepAt(Date.now());
  await dialog.getByLabel("Six-digit code").fill(totpCode(secret, step));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Keep these backup codes" })).toBeVisible();
  await look(page, "two-step-codes");
  const [backup] = await dialog.getByRole("listitem").allInnerTexts();
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();

  // the password alone is not enough; a code works once
  const other = await browserOf();
  tolerate(other, /(401|403) POST/);
  await other.goto("/sign-in");
  await signInByForm(other, anna);
  await expect(other.getByRole("heading", { name: "One more step" })).toBeVisible();
  await look(other, "two-step-asked");
  await other.getByLabel("Six-digit code").fill(totpCode(secret, step));
  await other.keyboard.press("Enter");
  await expect(other.getByText(/This code is not right/)).toBeVisible();
  await other.getByLabel("Six-digit code").fill(totpCode(secret, step + 1));
  await other.keyboard.press("Enter");
  await expect(other.getByRole("heading", { name: "Home" })).toBeAttached();

  // without the app, a backup code
  const third = await browserOf();
  tolerate(third, /(401|403) POST/);
  await third.goto("/sign-in");
  await signInByForm(third, anna);
  await third.getByRole("button", { name: "Use a backup code" }).click();
  await third.getByLabel("Backup code").fill(backup!);
  await third.keyboard.press("Enter");
  await expect(third.getByRole("heading", { name: "Home" })).toBeAttached();
  await third.goto("/settings");
  await expect(third.getByText("9 backup codes are left.")).toBeVisible();
});
