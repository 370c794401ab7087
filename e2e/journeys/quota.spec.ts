import {
  askUpload,
  type Person,
  sendBytes,
  type Upload,
  uploadFile,
  uploadRequest,
} from "../support/caller.ts";
import type { Product } from "../support/product.ts";
import { expect, look, test } from "../support/test.ts";
import { until } from "../support/until.ts";

const kilobytes = (count: number, name = `${count} KB.txt`): Upload => ({
  name,
  type: "text/plain",
  bytes: Buffer.from(`${crypto.randomUUID()}\n`.repeat(40 * count)).subarray(0, count * 1024),
});

/** Limits of one person, as an administrator would set them. */
async function limit(
  product: Product,
  { email }: Person,
  limits: { bytes?: number; documents?: number; collections?: number },
) {
  await product.query(
    `UPDATE user_quotas q SET storage_bytes_override = $2, documents_override = $3, collections_override = $4
       FROM users u WHERE u.id = q.user_id AND u.email = $1`,
    [email, limits.bytes, limits.documents, limits.collections],
  );
}

test("the bar turns amber and red; a refusal shows the figures; what is deleted for good frees its room", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  await limit(product, anna, { bytes: 102_400 });
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Small shelf" } });
  const page = await browserOf(anna);
  const bar = page.getByRole("complementary", { name: "Side bar" });

  await uploadFile(anna.api, id, kilobytes(81));
  await page.goto(`/collections/${id}`);
  await expect(bar.getByRole("meter", { name: "Storage" })).toHaveAttribute("aria-valuenow", "82944");
  await expect(bar.getByText("Storage is nearly full.")).toBeVisible();
  await look(page, "quota-amber");
  const last = await uploadFile(anna.api, id, kilobytes(15));
  await page.reload();
  await expect(bar.getByText("Storage is almost used up.", { exact: false })).toBeVisible();
  await look(page, "quota-red");

  // before anything is sent
  const tooMuch = kilobytes(20, "Too much.txt");
  const choose = () =>
    page
      .getByRole("banner")
      .getByLabel("Choose files")
      .setInputFiles([{ name: tooMuch.name, mimeType: tooMuch.type, buffer: tooMuch.bytes }]);
  await choose();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1 file needs more than the 4 KB left");
  await expect(dialog).toContainText("96 of 100 KB");
  await look(page, "quota-preflight");
  await dialog.getByRole("button", { name: "Close" }).last().click();

  // by the server, which decides: before anything is sent, when a file does not even fit alone
  const alone = await anna.api.call("POST", "/documents/upload-url", { body: uploadRequest(id, tooMuch) });
  expect(alone.status).toBe(413);
  expect(alone.body).toMatchObject({
    code: "quota_exceeded",
    usedBytes: 98_304,
    limitBytes: 102_400,
    rejectedBytes: 20_480,
  });
  // the page shows what arrives, and asks how it goes while that is deleted already
  tolerate(page, /^404 GET \/api\/v1\/documents\//);
  // of two that fit alone but not together, whoever comes second
  const [one, other] = await Promise.all(
    ["One.txt", "Other.txt"].map(async (name) => {
      const file = kilobytes(3, name);
      const { documentId, upload } = await askUpload(anna.api, id, file);
      expect(await sendBytes(upload!, new Uint8Array(file.bytes))).toBe(200);
      return documentId;
    }),
  );
  await anna.api.must("POST", `/documents/${one}/confirm`);
  const refused = await anna.api.call("POST", `/documents/${other}/confirm`);
  expect(refused.status).toBe(413);
  expect(refused.body).toMatchObject({
    code: "quota_exceeded",
    usedBytes: 101_376,
    limitBytes: 102_400,
    rejectedBytes: 3072,
  });
  expect((await anna.api.call("GET", `/documents/${other}`)).status).toBe(404);
  expect((await anna.api.call("DELETE", `/documents/${one}?permanent=true`)).status).toBe(204);

  // the trash still counts; deleting for good frees
  await page.goto(`/documents/${last.id}`);
  await page.getByRole("button", { name: "Actions for “15 KB.txt”" }).click();
  await page.getByRole("menuitem", { name: "Move to trash" }).click();
  await expect(page.getByText("“15 KB.txt” is in the trash.")).toBeVisible();
  await page.getByRole("link", { name: "Trash" }).click();
  const trash = page.getByRole("list", { name: "Documents" });
  await expect(trash).toContainText("15 KB.txt");
  await expect(bar).toContainText("96 of 100 KB");
  await look(page, "trash");
  await page.getByRole("button", { name: "Restore “15 KB.txt”" }).click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
  await anna.api.must("DELETE", `/documents/${last.id}`);
  await page.reload();
  await page.getByRole("button", { name: "Delete “15 KB.txt” for good" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("This frees 15 KB.");
  await look(page, "trash-delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
  await expect(bar).toContainText("81 of 100 KB");
  await page.goto(`/collections/${id}`);
  await choose();
  await expect(page.getByRole("dialog")).toContainText("19 KB left");
});

test("fifty confirms at once for the last free place: one gets it", async ({ product, person }) => {
  const anna = await person("Anna Berg");
  await limit(product, anna, { documents: 1 });
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "One place" } });
  const ids = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const file = kilobytes(1, `${index}.txt`);
      const { documentId, upload } = await askUpload(anna.api, id, file);
      expect(await sendBytes(upload!, new Uint8Array(file.bytes))).toBe(200);
      return documentId;
    }),
  );
  const answers = await Promise.all(ids.map((one) => anna.api.call("POST", `/documents/${one}/confirm`)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const refused = answers.filter(({ status }) => status !== 200);
  for (const { body } of refused)
    expect(body).toMatchObject({
      status: 403,
      code: "quota_exceeded",
      resource: "documents",
      used: 1,
      limit: 1,
    });
  const [figures] = await product.query(
    `SELECT q.documents_used AS counter, (SELECT sum(documents)::int FROM quota_ledger l WHERE l.user_id = u.id) AS ledger,
            (SELECT count(*)::int FROM documents d WHERE d.owner_id = u.id) AS rows
       FROM user_quotas q JOIN users u ON u.id = q.user_id WHERE u.email = $1`,
    [anna.email],
  );
  expect(figures).toEqual({ counter: 1, ledger: 1, rows: 1 });
});

test("no collection beyond the limit, said with its figures", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  await limit(product, anna, { collections: 1 });
  await anna.api.must("POST", "/collections", { body: { name: "The only one" } });
  const page = await browserOf(anna);
  tolerate(page, /403 POST \/api\/v1\/collections/);
  await page.goto("/");
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "New collection" });
  await dialog.getByLabel("Name").fill("One more");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByRole("alert")).toContainText("You have 1 of 1 collections.");
  await look(page, "quota-collections");
});

test("too much under way at once is said in the tray, and goes on once there is room", async ({
  product,
  person,
  browserOf,
  tolerate,
}) => {
  const anna = await person("Anna Berg");
  await limit(product, anna, { bytes: 102_400 });
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Small shelf" } });
  const begun = [
    await askUpload(anna.api, id, kilobytes(100)),
    await askUpload(anna.api, id, kilobytes(100)),
  ];
  const refused = await anna.api.call("POST", "/documents/upload-url", {
    body: uploadRequest(id, kilobytes(20)),
    headers: { "accept-language": "de" },
  });
  expect(refused.status).toBe(413);
  expect(refused.body).toMatchObject({
    title: "Zu viele unfertige Uploads",
    ...{ resource: "pendingBytes", used: 204_800, limit: 204_800, requested: 20_480 },
  });

  const page = await browserOf(anna);
  tolerate(page, /413 POST \/api\/v1\/documents\/upload-url/);
  await page.goto(`/collections/${id}`);
  const letter = kilobytes(20, "Letter.txt");
  await page
    .getByRole("banner")
    .getByLabel("Choose files")
    .setInputFiles([{ name: letter.name, mimeType: letter.type, buffer: letter.bytes }]);
  const tray = page.getByRole("region", { name: "Uploads" });
  await expect(tray).toContainText("You have begun uploads of 200 KB in the last hour");
  await expect(tray.getByRole("meter")).toHaveAttribute("aria-valuenow", "204800");
  await look(page, "upload-under-way");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 720 });
  await look(page, "upload-under-way-dark-phone");
  expect((await anna.api.call("DELETE", `/documents/${begun[0]!.documentId}`)).status).toBe(204);
  await tray.getByRole("button", { name: "Try “Letter.txt” again" }).click();
  await expect(tray.getByRole("heading", { name: "1 file uploaded" })).toBeVisible();

  // whoever leaves the page in the middle keeps no room
  const underWay = async () => {
    const [row] = await product.query<{ count: number }>(
      "SELECT q.pending_documents AS count FROM user_quotas q JOIN users u ON u.id = q.user_id WHERE u.email = $1",
      [anna.email],
    );
    return row!.count;
  };
  page.on("dialog", (dialog) => void dialog.accept());
  await page.route("**/storage/**", () => undefined);
  await page
    .getByRole("banner")
    .getByLabel("Choose files")
    .setInputFiles([{ name: "Half.txt", mimeType: "text/plain", buffer: kilobytes(10).bytes }]);
  await until("an upload to be under way", async () => (await underWay()) === 2);
  await page.goto("/settings");
  await until("the upload to be given up", async () => (await underWay()) === 1);
});
