import type { Person } from "../support/caller.ts";
import { expect, look, test } from "../support/test.ts";
import type { Product } from "../support/product.ts";

/** Two people of one workspace, and a collection of the first that the second reads. */
async function makeColleagues(product: Product, anna: Person, ben: Person, name: string) {
  await product.query(
    "UPDATE users SET workspace_id = (SELECT workspace_id FROM users WHERE email_normalized = $1), workspace_role = 'member' WHERE email_normalized = $2",
    [anna.email, ben.email],
  );
  const { id } = await anna.api.must("POST", "/collections", { body: { name } });
  await anna.api.must("POST", `/collections/${id}/collaborators`, {
    body: { email: ben.email, role: "viewer", notify: false },
  });
  return String(id);
}

test("two people: a collection is offered, declined, offered again, taken over, and everybody's page knows", async ({
  person,
  browserOf,
  product,
}) => {
  const [anna, ben] = await Promise.all([person("Anna Berg"), person("Ben Klein")]);
  const id = await makeColleagues(product, anna, ben, "Herbarium 1931");
  const [annas, bens] = await Promise.all([browserOf(anna), browserOf(ben)]);
  await bens.goto("/");
  await annas.goto(`/collections/${id}`);

  // by keyboard alone: from the menu to the offer, and back to where it came from
  const menu = annas.getByRole("button", { name: "Actions" });
  await menu.focus();
  await annas.keyboard.press("Enter");
  await annas.getByRole("menuitem", { name: "Hand over …" }).press("Enter");
  const dialog = annas.getByRole("dialog", { name: "Hand over “Herbarium 1931”" });
  await dialog.getByRole("radio", { name: /Ben Klein/ }).press("Space");
  await look(annas, "transfer-offer");
  await dialog.getByRole("button", { name: "Offer it" }).press("Enter");
  await expect(dialog.getByText("Offered to Ben Klein")).toBeFocused();
  await look(annas, "transfer-waits");

  // Ben hears of it, looks, and declines
  const bell = bens.getByRole("button", { name: /^Notifications/ });
  await expect(bell).toHaveAccessibleName("Notifications, 2 unread", { timeout: 30_000 });
  await bell.click();
  const panel = bens.getByRole("dialog", { name: "Notifications" });
  await panel.getByRole("link", { name: /Anna Berg offers you Herbarium 1931/ }).click();
  await expect(
    bens.getByRole("heading", { name: /^Anna Berg wants to hand a collection over/ }),
  ).toBeVisible();
  await expect(bens.getByRole("meter", { name: /one of your collections/ })).toBeVisible();
  await look(bens, "transfer-answer");
  await bens.getByRole("button", { name: "Decline" }).click();
  await expect(bens.getByText(/^You declined on/)).toBeFocused();
  // Anna's dialog is open, and offers again
  await expect(dialog.getByRole("radio", { name: /Ben Klein/ })).toBeVisible();
  await annas.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(menu).toBeFocused();

  await anna.api.must("POST", `/collections/${id}/transfer`, { body: { email: ben.email } });
  await expect(bell).toHaveAccessibleName("Notifications, 2 unread", { timeout: 30_000 });
  await bell.click();
  const offers = panel.getByRole("link", { name: /Anna Berg offers you Herbarium 1931/ });
  // the list may still be the one that was read before
  await expect(offers).toHaveCount(2);
  await offers.first().click();
  await bens.getByRole("button", { name: "Take it over" }).click();
  await expect(bens.getByText(/^You took it over on/)).toBeFocused();
  await look(bens, "transfer-accepted");
  await bens.getByRole("link", { name: "Open the collection" }).click();
  await expect(bens.getByRole("button", { name: "Actions" })).toBeVisible();
  // Anna's page is an editor's by now
  await expect(annas.getByText("Owned by Ben Klein")).toBeVisible();
  await menu.click();
  await expect(annas.getByRole("menuitem", { name: "Settings" })).toBeVisible();
  await expect(annas.getByRole("menuitem", { name: "Hand over …" })).toHaveCount(0);
  expect(await anna.api.must("GET", `/collections/${id}`)).toMatchObject({ role: "editor" });
});

test("a new owner without room is told so beside the figures, and has it once there is some", async ({
  person,
  browserOf,
  product,
}) => {
  const [anna, ben] = await Promise.all([person("Anna Berg"), person("Ben Klein")]);
  const id = await makeColleagues(product, anna, ben, "Feldnotizen");
  await product.query(
    "UPDATE user_quotas SET collections_override = 0 WHERE user_id = (SELECT id FROM users WHERE email_normalized = $1)",
    [ben.email],
  );
  await ben.api.must("PATCH", "/settings", { body: { language: "de" } });
  const offer = await anna.api.must("POST", `/collections/${id}/transfer`, { body: { email: ben.email } });
  const phone = await browserOf(ben, {
    ...{ viewport: { width: 360, height: 740 }, colorScheme: "dark", locale: "de-DE" },
  });
  await phone.goto(`/transfers/${offer.id}`);
  await expect(phone.getByText("Dir gehören 0 von 0 Sammlungen")).toBeVisible();
  await expect(phone.getByText(/^Für eine weitere ist kein Platz/)).toBeVisible();
  await expect(phone.getByRole("button", { name: "Übernehmen" })).toBeDisabled();
  await look(phone, "transfer-full-phone");
  // room that comes is shown at once
  await product.query(
    "UPDATE user_quotas SET collections_override = 1 WHERE user_id = (SELECT id FROM users WHERE email_normalized = $1)",
    [ben.email],
  );
  await phone.getByRole("button", { name: "Übernehmen" }).click();
  await expect(phone.getByText(/^Du hast sie am .* übernommen/)).toBeVisible();
});

test("an offer that is withdrawn says so, and others find none", async ({
  person,
  browserOf,
  product,
  tolerate,
}) => {
  const [anna, ben, carla] = await Promise.all([
    person("Anna Berg"),
    person("Ben Klein"),
    person("Carla Ito"),
  ]);
  const id = await makeColleagues(product, anna, ben, "Proofs");
  const offer = await anna.api.must("POST", `/collections/${id}/transfer`, { body: { email: ben.email } });
  const bens = await browserOf(ben);
  await bens.goto(`/transfers/${offer.id}`);
  await expect(bens.getByRole("button", { name: "Take it over" })).toBeVisible();
  const annas = await browserOf(anna);
  await annas.goto(`/transfers/${offer.id}`);
  await look(annas, "transfer-own");
  await annas.getByRole("button", { name: "Withdraw offer" }).click();
  await expect(annas.getByText(/^You withdrew the offer on/)).toBeFocused();
  await expect(bens.getByText(/^Anna Berg withdrew the offer on/)).toBeVisible();
  const carlas = await browserOf(carla);
  tolerate(carlas, /404 GET \/api\/v1\/transfers/);
  await carlas.goto(`/transfers/${offer.id}`);
  await expect(carlas.getByRole("heading", { name: "This offer is not here" })).toBeVisible();
});
