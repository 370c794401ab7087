import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { explainInstallFailure, isInstalled, lacksOnlyOptional, projectNode } from "./bootstrap.mjs";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "sheaf-bootstrap-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const lock = (packages: object) => JSON.stringify({ packages: { "": {}, ...packages } });
async function install(packages: object) {
  await mkdir(path.dirname(projectNode(folder)), { recursive: true });
  await writeFile(projectNode(folder), "");
  await writeFile(path.join(folder, "node_modules/.package-lock.json"), lock(packages));
}
const wanted = {
  "node_modules/a": { version: "1.0.0" },
  "node_modules/b-darwin": { version: "2.0.0", optional: true },
};
const writeLock = (packages: object) => writeFile(path.join(folder, "package-lock.json"), lock(packages));

describe("isInstalled", () => {
  it("is false without node_modules and without the project's own Node", async () => {
    await writeLock(wanted);
    expect(isInstalled(folder)).toBe(false);
    await install(wanted);
    await rm(projectNode(folder));
    expect(isInstalled(folder)).toBe(false);
  });

  it("recognises an install done by hand, without the packages of other systems", async () => {
    await writeLock(wanted);
    await install({ "node_modules/a": { version: "1.0.0" } });
    expect(isInstalled(folder)).toBe(true);
  });

  it("is false after the lock file moved on, until the new version is there", async () => {
    await writeLock(wanted);
    await install(wanted);
    expect(isInstalled(folder)).toBe(true);
    await writeLock({ "node_modules/a": { version: "1.1.0" } });
    expect(isInstalled(folder)).toBe(false);
    await install({ "node_modules/a": { version: "1.1.0" } });
    expect(isInstalled(folder)).toBe(true);
  });

  it("is false when npm was killed before it had finished", async () => {
    await writeLock(wanted);
    await install(wanted);
    await rm(path.join(folder, "node_modules/.package-lock.json"));
    expect(isInstalled(folder)).toBe(false);
  });
});

describe("lacksOnlyOptional", () => {
  const said = (...names: string[]) =>
    ["npm error code EUSAGE", ...names.map((name) => `npm error Missing: ${name} from lock file`)].join("\n");

  it("tells packages for other systems from a lock file that is out of date", async () => {
    await writeLock({ "node_modules/a": { optionalDependencies: { "@x/a-win32": "1.0.0" } } });
    expect(lacksOnlyOptional(said("@x/a-win32@"), folder)).toBe(true);
    expect(lacksOnlyOptional(said("@x/a-win32@1.0.0"), folder)).toBe(true);
    expect(lacksOnlyOptional(said("@x/a-win32@", "left-pad@1.3.0"), folder)).toBe(false);
    expect(lacksOnlyOptional(`${said("@x/a-win32@")}\nnpm error Invalid: lock file's a@1`, folder)).toBe(
      false,
    );
    expect(lacksOnlyOptional("npm error code E404", folder)).toBe(false);
  });
});

describe("explainInstallFailure", () => {
  it.each([
    ["npm error code ENOTFOUND\nnpm error request to https://registry failed", /registry cannot be reached/],
    ["npm error code ENOSPC", /disk is full/],
    ["npm error code EACCES\nnpm error path /x/node_modules", /no permission to write to node_modules/],
    ["npm error code E404\nnpm error 404 Not Found - GET /nothing", /: 404 Not Found - GET \/nothing$/],
    ["", /npm gave no reason/],
  ])("says %j in one sentence", (output, sentence) => {
    const said = explainInstallFailure(output);
    expect(said).toMatch(sentence);
    expect(said).not.toContain("\n");
  });
});
