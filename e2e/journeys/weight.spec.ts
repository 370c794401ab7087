import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { messages } from "#lib/i18n/messages/index.ts";
import { uploadFile, whenProcessed } from "../support/caller.ts";
import { expect, test } from "../support/test.ts";

/**
 * Kilobytes, compressed as servers do. They hold what pages weigh today and a little more: whoever needs room takes it
 * here, knowingly.
 */
const mostHtml = 13;
const mostScripts = { home: 206, collection: 216, document: 209 };
/**
 * What a page that says one sentence loads by this version of the framework; `npm run bench -- pages` builds one and
 * measures it beside ours. The pages of public links may weigh a tenth more.
 */
const helloScripts = 139;

const kilobytes = (body: string | Buffer) => gzipSync(body).length / 1024;

/** What a browser without a cache is made to load before a page works: the page, and the scripts it names. */
async function load(page: Page, path: string, language: string) {
  const html = await (await page.request.get(path, { headers: { "accept-language": language } })).text();
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const named = tags
    .filter((tag) => !/\bnomodule/i.test(tag) && (tag.startsWith("<script") || /\bas="script"/.test(tag)))
    .map((tag) => /\b(?:src|href)="([^"]+)"/.exec(tag)?.[1])
    .filter((address) => address !== undefined);
  const scripts = new Map<string, string>();
  for (const address of new Set(named)) scripts.set(address, await (await page.request.get(address)).text());
  return { html, scripts };
}

/** Texts long enough that nothing else contains them by chance. */
function textsOf(node: unknown): string[] {
  if (typeof node === "string") return node.length > 30 && !/[{}<>'"&]/.test(node) ? [node] : [];
  return typeof node === "object" && node !== null ? Object.values(node).flatMap(textsOf) : [];
}

for (const language of ["en", "de"] as const) {
  test(`pages carry what they show, and their scripts what they use at once (${language})`, async ({
    person,
    browserOf,
  }) => {
    const anna = await person("Anna Berg");
    const collections: string[] = [];
    for (let number = 1; number <= 6; number += 1) {
      const { id } = await anna.api.must("POST", "/collections", { body: { name: `Field notes ${number}` } });
      collections.push(id);
    }
    const documents: string[] = [];
    for (let number = 1; number <= 12; number += 1) {
      const name = `Letter ${number}.txt`;
      const bytes = Buffer.from(`${name}\n`);
      documents.push((await uploadFile(anna.api, collections[0]!, { name, type: "text/plain", bytes })).id);
    }
    for (const id of documents) await whenProcessed(anna.api, id);
    const page = await browserOf(anna);

    const made = await anna.api.must("POST", `/collections/${collections[0]}/share-links`, { body: {} });
    const locked = await anna.api.must("POST", `/collections/${collections[0]}/share-links`, {
      body: { password: "a password for it" },
    });
    const stranger = await browserOf();
    for (const path of [
      `/share/${made.token}`,
      `/share/${made.token}/documents/${documents[0]}`,
      `/share/${locked.token}`,
    ]) {
      const { html, scripts } = await load(stranger, path, language);
      expect(html, path).toContain(`<html lang="${language}"`);
      const scriptKilobytes = [...scripts.values()].reduce((sum, text) => sum + kilobytes(text), 0);
      expect.soft(kilobytes(html), `HTML of ${path}`).toBeLessThan(mostHtml);
      expect.soft(scriptKilobytes, `scripts of ${path}`).toBeLessThan(1.1 * helloScripts);
    }

    const { mail, problems, settings, groups, share, links, requests, ...shown } = messages[language];
    const { home, collection, document } = shown;
    // some sentences are said in several places
    const known = new Set(textsOf(shown));
    const hidden = textsOf([mail, problems, settings, groups, share, links, requests]).filter(
      (text) => !known.has(text),
    );
    expect(hidden.length).toBeGreaterThan(50);
    const paths = {
      home: "/",
      collection: `/collections/${collections[0]}`,
      document: `/documents/${documents[0]}`,
    };
    for (const name of ["home", "collection", "document"] as const) {
      const { html, scripts } = await load(page, paths[name], language);
      expect(html, name).toContain(`<html lang="${language}"`);
      const texts = [...scripts.values()];
      const together = texts.join("\n");
      const scriptKilobytes = texts.reduce((sum, text) => sum + kilobytes(text), 0);
      expect.soft(kilobytes(html), `HTML of ${name}`).toBeLessThan(mostHtml);
      expect.soft(scriptKilobytes, `scripts of ${name}`).toBeLessThan(mostScripts[name]);
      // schemas are checked on the server
      expect.soft(together, `scripts of ${name}`).not.toContain("ZodError");
      // what is shown later comes later, and mails never
      for (const text of hidden)
        expect.soft(together.includes(text) || html.includes(text), `${name}: ${text}`).toBe(false);
      // texts are files of their own: of those that this page does not show none is in it
      const unseen = textsOf([home.first, collection.create, document.viewer]);
      expect(unseen.length).toBeGreaterThan(3);
      for (const text of unseen) expect.soft(html.includes(text), `${name}: ${text}`).toBe(false);
    }
  });
}
