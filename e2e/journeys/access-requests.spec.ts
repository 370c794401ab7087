import { uniqueText, uploadFile, whenProcessed } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";

test("a refused page asks, whoever shares says yes in the dialog, and the page opens by itself", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, ben, carla] = await Promise.all([
    person("Anna Berg"),
    person("Ben Klein"),
    person("Carla Ito"),
  ]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Field notes" } });
  const document = await uploadFile(anna.api, id, uniqueText("Letter.txt"));
  await whenProcessed(anna.api, document.id);

  // Ben finds a closed door, and asks; Carla asks, too
  const bens = await browserOf(ben);
  tolerate(bens, /403 GET \/api\/v1\/collections/);
  await bens.goto(`/collections/${id}`);
  await expect(bens.getByRole("heading", { name: "You can’t open this collection" })).toBeVisible();
  await expect(bens.getByText(`You are signed in as ${ben.email}`)).toBeVisible();
  // nobody is named
  await expect(bens.getByRole("main")).not.toContainText("Anna");
  await look(bens, "refused");
  await bens.getByLabel("Message (optional)").fill("I wrote the letters.\n\nMay I see them?");
  await bens.getByRole("button", { name: "Ask for access" }).click();
  const own = bens.getByRole("region", { name: "Your request" });
  await expect(own.getByText("You asked for access")).toBeFocused();
  await expect(own).toContainText("I wrote the letters.");
  await look(bens, "refused-asked");
  await bens.reload();
  await expect(own).toContainText("You asked for access");
  await carla.api.must("POST", `/documents/${document.id}/access-requests`, { body: {} });
  await carla.api.must("POST", `/collections/${id}/access-requests`, { body: { message: "Please" } });

  // Anna sees both on top of the dialog
  const annas = await browserOf(anna);
  await annas.goto(`/collections/${id}`);
  await annas.getByRole("button", { name: "Share" }).click();
  const dialog = annas.getByRole("dialog", { name: "Share “Field notes”" });
  const waiting = dialog.getByRole("list", { name: "2 requests for access" });
  await expect(waiting.getByRole("listitem")).toHaveCount(2);
  await expect(waiting).toContainText("May I see them?");
  await look(annas, "share-requests");
  await dialog.getByRole("combobox", { name: "Role for Ben Klein" }).click();
  await annas.getByRole("option", { name: /^Commenter/ }).click();
  await dialog.getByRole("button", { name: "Give Ben Klein access" }).click();
  await expect(dialog.getByRole("status")).toHaveText("Ben Klein can open it now.");
  await expect(dialog.getByRole("button", { name: "Role of Ben Klein: Commenter" })).toBeVisible();
  const rest = dialog.getByRole("list", { name: "1 request for access" });
  await expect(rest.getByRole("button", { name: "Give Carla Ito access" })).toBeFocused();

  // Ben's page opens without him doing anything
  await expect(bens.getByRole("heading", { name: "Field notes" })).toBeVisible({ timeout: 30_000 });
  await expect(bens.getByRole("link", { name: "Letter.txt" })).toBeVisible();

  // Carla is turned down, and told so
  await rest.getByRole("button", { name: "Decline the request of Carla Ito" }).click();
  await expect(rest).toHaveCount(0);
  const carlas = await browserOf(carla);
  tolerate(carlas, /403 GET \/api\/v1\/collections/);
  await carlas.goto(`/collections/${id}`);
  await expect(carlas.getByRole("region", { name: "Your request" })).toContainText("was declined on");
  await expect(carlas.getByText(/You can ask again from/)).toBeVisible();
  await expect(carlas.getByRole("button", { name: "Ask for access" })).toHaveCount(0);
  await look(carlas, "refused-declined");
});

test("what is not there is asked for like what is, and taken back", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const ben = await person("Ben Klein");
  const page = await browserOf(ben);
  tolerate(page, /404 GET \/api\/v1\/documents/);
  await page.goto(`/documents/${crypto.randomUUID()}`);
  await expect(page.getByRole("heading", { name: "You can’t open this document" })).toBeVisible();
  await page.getByRole("button", { name: "Ask for access" }).focus();
  await page.keyboard.press("Enter");
  const own = page.getByRole("region", { name: "Your request" });
  await expect(own.getByText("You asked for access")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Ask for access" })).toBeVisible();
  await expect(own).toHaveCount(0);
});

test("a request has a page that mails lead to: those who share answer there, others find nothing", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, ben] = await Promise.all([person("Anna Berg"), person("Ben Klein")]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Proofs" } });
  const asked = await ben.api.must("POST", `/collections/${id}/access-requests`, {
    body: { message: "For the index" },
  });

  const bens = await browserOf(ben);
  tolerate(bens, /404 GET \/api\/v1\/access-requests/);
  await bens.goto(`/requests/${asked.id}`);
  await expect(bens.getByRole("heading", { name: "This request is not here" })).toBeVisible();
  await look(bens, "request-gone");

  const annas = await browserOf(anna, { viewport: { width: 360, height: 740 } });
  await annas.goto(`/requests/${asked.id}`);
  await expect(annas.getByRole("heading", { name: "Ben Klein asks for access" })).toBeVisible();
  await expect(annas.getByRole("main")).toContainText("For the index");
  await look(annas, "request-phone");
  await annas.getByRole("radio", { name: /^Editor/ }).check();
  await annas.getByRole("button", { name: "Give Ben Klein access" }).click();
  await expect(annas.getByText(/^Anna Berg gave access on/)).toBeFocused();
  await look(annas, "request-answered");
  expect(await ben.api.must("GET", `/collections/${id}`)).toMatchObject({ role: "editor" });

  // another one who was quicker: what is left to do is said
  const carla = await person("Carla Ito");
  const second = await carla.api.must("POST", `/collections/${id}/access-requests`, { body: {} });
  await annas.goto(`/requests/${second.id}`);
  // as the page says yes, so that it has not heard of it
  await annas.route(`**/api/v1/access-requests/${second.id}/approve`, async (route) => {
    await anna.api.must("POST", `/access-requests/${second.id}/decline`);
    await route.continue();
  });
  tolerate(annas, /409 POST/);
  await annas.getByRole("button", { name: "Give Carla Ito access" }).click();
  await expect(annas.getByText(/^Anna Berg declined this on/)).toBeVisible();
});

test("without scripts somebody asks, and somebody answers", async ({ person, browserOf, tolerate }) => {
  const [anna, ben] = await Promise.all([person("Anna Berg"), person("Ben Klein")]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Proofs" } });
  const bens = await browserOf(ben, { javaScriptEnabled: false, locale: "de-DE" });
  tolerate(bens, /^csp GET \/_next\/static\//);
  await bens.goto(`/collections/${id}`);
  await bens.getByLabel("Nachricht (freiwillig)").fill("Ich habe sie geschrieben");
  await bens.getByRole("button", { name: "Um Zugriff bitten" }).click();
  await expect(bens.getByText("Du hast um Zugriff gebeten")).toBeVisible();
  await expect(bens.getByText("Ich habe sie geschrieben")).toBeVisible();

  const { items } = await anna.api.must("GET", `/collections/${id}/access-requests`);
  const annas = await browserOf(anna, { javaScriptEnabled: false });
  tolerate(annas, /^csp GET \/_next\/static\//);
  await annas.goto(`/requests/${items[0].id}`);
  await annas.getByRole("radio", { name: /^Commenter/ }).check();
  await annas.getByRole("button", { name: "Give Ben Klein access" }).click();
  await expect(annas.getByText(/^Anna Berg gave access on/)).toBeVisible();
  await bens.goto(`/collections/${id}`);
  await expect(bens.getByRole("heading", { name: "Proofs" })).toBeVisible();
});

test("a request is answered from the bell and from the mail, and the refused page opens at once", async ({
  person,
  browserOf,
  tolerate,
}) => {
  const [anna, ben] = await Promise.all([person("Anna Berg"), person("Ben Klein")]);
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Plates 1926" } });
  const annas = await browserOf(anna);
  await annas.goto("/");
  const bens = await browserOf(ben);
  tolerate(bens, /403 GET \/api\/v1\/collections/);
  await bens.goto(`/collections/${id}`);
  await bens.getByLabel("Message (optional)").fill("For the catalogue");
  await bens.getByRole("button", { name: "Ask for access" }).click();
  await expect(bens.getByText("You asked for access")).toBeVisible();

  // the bell of whoever shares it rings, and leads to the request
  const bell = annas.getByRole("button", { name: /^Notifications/ });
  await expect(bell).toHaveAccessibleName("Notifications, 1 unread", { timeout: 20_000 });
  await bell.click();
  const panel = annas.getByRole("dialog", { name: "Notifications" });
  await panel.getByRole("link", { name: /Ben Klein asks for access to Plates 1926/ }).click();
  await expect(annas.getByRole("heading", { name: "Ben Klein asks for access" })).toBeVisible();
  await annas.getByRole("button", { name: "Give Ben Klein access" }).click();
  await expect(annas.getByText(/^Anna Berg gave access on/)).toBeVisible();
  await expect(bens.getByRole("heading", { name: "Plates 1926", level: 1 })).toBeVisible();
  const bensBell = bens.getByRole("button", { name: /^Notifications/ });
  await expect(bensBell).toHaveAccessibleName("Notifications, 1 unread", { timeout: 20_000 });
  await bensBell.click();
  await expect(
    bens.getByRole("dialog", { name: "Notifications" }).getByRole("link", {
      name: /Anna Berg gave you access to Plates 1926, as you asked: you are viewer/,
    }),
  ).toBeVisible();
  await bens.keyboard.press("Escape");

  // a reader asks for more, where they see what they have
  await bens.getByRole("button", { name: "Access", exact: true }).click();
  const access = bens.getByRole("dialog", { name: /Plates 1926/ });
  await access.getByRole("button", { name: "Ask for more access" }).click();
  await access.getByLabel("Message (optional)").fill("I would add the scans");
  await look(bens, "ask-for-more");
  await access.getByRole("button", { name: "Ask for access" }).click();
  await expect(access.getByText("You asked for more access")).toBeVisible();
  await look(bens, "asked-for-more");

  // from the mail, whose links send nothing by being opened
  const mailbox = await browserOf();
  const mail = mailbox
    .getByRole("listitem")
    .filter({ hasText: anna.email })
    .filter({ hasText: "Ben Klein asks for more access to “Plates 1926”" });
  await expect(async () => {
    await mailbox.goto("/dev/mailbox");
    await expect(mail).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await mail.getByText("As it looks in a mail program").click();
  await look(mailbox, "request-mail");
  const address = await mail
    .getByRole("link", { name: /answer=decline/ })
    .first()
    .getAttribute("href");
  await annas.goto(address!);
  await expect(annas.getByRole("heading", { name: "Ben Klein asks for more access" })).toBeVisible();
  await expect(annas.getByRole("button", { name: "Decline the request of Ben Klein" })).toBeFocused();
  await annas.keyboard.press("Enter");
  await expect(annas.getByText(/^Anna Berg declined this on/)).toBeVisible();
  await expect(access.getByText(/was declined on/)).toBeVisible();
  expect(await ben.api.must("GET", `/collections/${id}`)).toMatchObject({ role: "viewer" });
});
