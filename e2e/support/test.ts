import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
  test as base,
} from "@playwright/test";
import { newcomer, newPerson, type Person } from "./caller.ts";
import { connect, type Product } from "./product.ts";

interface Fixtures {
  /** Makes somebody with an account. */
  person(name: string): Promise<Person>;
  /** Somebody who is about to sign up. */
  stranger(name: string): Person;
  /** A browser of its own; with a person, one in which they are signed in. Ends with the test. */
  browserOf(person?: Person, options?: BrowserContextOptions): Promise<Page>;
  /** From now on, this page may say what matches: refusals that the journey brings about on purpose. */
  tolerate(page: Page, pattern: RegExp): void;
}

/** What a page complained about, apart from what its journey expects. */
interface Watch {
  complaints: string[];
  tolerated: RegExp[];
}

export const test = base.extend<Fixtures, { product: Product }>({
  product: [
    async ({}, provide) => provide(connect(process.env.SHEAF_E2E_URL!, process.env.SHEAF_E2E_DATA_DIR!)),
    { scope: "worker" },
  ],
  person: ({ product }, provide) => provide((name) => newPerson(product.url, name)),
  stranger: ({ product }, provide) => provide((name) => newcomer(product.url, name)),
  tolerate: ({ browserOf: _ }, provide) =>
    provide((page, pattern) => void watches.get(page.context())!.tolerated.push(pattern)),
  browserOf: async ({ browser, product, contextOptions: _ }, provide, info) => {
    const contexts: BrowserContext[] = [];
    await provide(async (person, options) => {
      const context = await openContext(browser, { baseURL: product.url, ...info.project.use, ...options });
      contexts.push(context);
      if (person) await context.addCookies(person.api.cookies);
      const page = await context.newPage();
      return options?.javaScriptEnabled === false ? page : patient(page);
    });
    const complaints = contexts.flatMap((context) => unexpected(watches.get(context)!));
    for (const context of contexts) await context.close();
    // a test that failed already has said why
    if (info.status === info.expectedStatus) expect(complaints, "what pages complained about").toEqual([]);
  },
});

export { expect };

const watches = new WeakMap<BrowserContext, Watch>();

const unexpected = ({ complaints, tolerated }: Watch): string[] =>
  complaints.filter((complaint) => !tolerated.some((pattern) => pattern.test(complaint)));

/** A browser whose pages are listened to: errors on the console, exceptions, failed requests. */
async function openContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  const watch: Watch = { complaints: [], tolerated: [] };
  watches.set(context, watch);
  const where = (url: string) => url.replace(/^https?:\/\/[^/]+/, "").replace(/\?.*$/, "");
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    // answers are reported below, with their method
    if (message.text().startsWith("Failed to load resource")) return;
    // what observes pages for these tests would like to run in frames that let nothing run
    if (message.text().startsWith("Blocked script execution in 'about:srcdoc'")) return;
    watch.complaints.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => watch.complaints.push(`exception: ${error.error().stack}`));
  context.on("response", (response) => {
    if (response.status() < 400) return;
    watch.complaints.push(`${response.status()} ${response.request().method()} ${where(response.url())}`);
  });
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // pages that are left stop what they were loading; downloads are taken over by the browser
    if (reason === "net::ERR_ABORTED") return;
    watch.complaints.push(`${reason} ${request.method()} ${where(request.url())}`);
  });
  return context;
}

/** Opens addresses as a person does, who sees a page before they press anything on it. */
function patient(page: Page): Page {
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (...args) => whenAlive(page, await goto(...args));
  page.reload = async (...args) => whenAlive(page, await reload(...args));
  return page;
}

/** Every control that the server has drawn is React's by now, so that pressing it does something. */
async function whenAlive<Answer>(page: Page, answer: Answer): Promise<Answer> {
  const isAlive = () =>
    [...document.querySelectorAll("button, input:not([type=hidden]), textarea")].every((control) =>
      Object.keys(control).some((key) => key.startsWith("__reactProps")),
    );
  // a page that never comes alive fails by what is done on it next
  await page.waitForFunction(isAlive, undefined, { timeout: 5_000 }).catch(() => undefined);
  return answer;
}

/** Where pictures of pages are kept. */
export const looks = path.resolve(import.meta.dirname, "../.output/looks");

/** A page is as it should be: no serious fault for people with assistive technology; its picture is kept for looking at. */
export async function look(page: Page, name: string): Promise<void> {
  await settle(page);
  await page.screenshot({ path: path.join(looks, `${name}.png`), animations: "disabled" });
  const { violations } = await new AxeBuilder({ page })
    // no frames of other origins here, for which the other mode opens a second page each time
    .setLegacyMode(true)
    // a title comes with what a page loads, and goes for a moment when another takes its place
    .options({ resultTypes: ["violations"], rules: { "document-title": { enabled: false } } })
    .analyze();
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(" ")} (${failureSummary})`).join(" | ")}`,
    );
  expect.soft(grave, `accessibility of ${name}`).toEqual([]);
  await expect.soft(page).toHaveTitle(/./);
}

/** Fonts are there and movements have ended: colours in between would count as contrast. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const finite = document
      .getAnimations()
      .filter((animation) => animation.effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(finite.map((animation) => animation.finished));
  });
}

/** Fills in and sends the sign-in form. */
export async function signInByForm(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
