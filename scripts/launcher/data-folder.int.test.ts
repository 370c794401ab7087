import { mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureFolder, prepareDataFolder } from "./data-folder.ts";
import { loadSecrets } from "./secrets.ts";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "sheaf-data-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

it("creates the folder and what is missing above it, and leaves no probe behind", async () => {
  const dataDir = path.join(folder, "a/b/data");
  await prepareDataFolder(dataDir, 0);
  expect(await readdir(dataDir)).toEqual(["logs"]);
  await prepareDataFolder(dataDir, 0);
});

it("says that a file is in the way", async () => {
  const file = path.join(folder, "data");
  await writeFile(file, "");
  await expect(prepareDataFolder(file, 0)).rejects.toThrow(/is not a folder/);
});

it("says that it may not write there", async () => {
  // A folder below a file is refused to everyone, root included.
  const file = path.join(folder, "file");
  await writeFile(file, "");
  await expect(prepareDataFolder(path.join(file, "data"), 0)).rejects.toThrow(/^No permission to write to /);
});

it.runIf(process.platform === "linux")("ends where a parent exists and yet takes no folder", async () => {
  await expect(ensureFolder("/proc/sheaf/data")).rejects.toThrow(/^No permission to write to \/proc/);
});

it.runIf(process.platform === "linux")("says that the disk is full when nothing can be written", async () => {
  await symlink("/dev/full", path.join(folder, `.probe-${process.pid}`));
  await expect(prepareDataFolder(folder, 0)).rejects.toThrow(/^The disk is full: /);
});

it("says how much is free when that is not enough to start", async () => {
  await expect(prepareDataFolder(folder, 1e18)).rejects.toThrow(
    /^The disk is nearly full: \d+ MB are free in .* needs \d+ MB/,
  );
});

it("makes secrets once, readable by their owner alone", async () => {
  const made = await loadSecrets(folder);
  expect(new Set(Object.values(made)).size).toBe(Object.keys(made).length);
  expect(made.inngestSigningKey).toMatch(/^signkey-local-[0-9a-f]{64}$/);
  expect((await stat(path.join(folder, "secrets.json"))).mode & 0o777).toBe(0o600);
  expect(await loadSecrets(folder)).toEqual(made);
});

it("adds a secret that an older version did not have, and keeps the others", async () => {
  const { authSecret: _, ...older } = await loadSecrets(folder);
  await writeFile(path.join(folder, "secrets.json"), JSON.stringify(older));
  const newer = await loadSecrets(folder);
  expect(newer).toMatchObject(older);
  expect(newer.authSecret).toHaveLength(43);
});

it("refuses damaged secrets instead of replacing them", async () => {
  await writeFile(path.join(folder, "secrets.json"), '{"authSecret":"x');
  await expect(loadSecrets(folder)).rejects.toThrow(/damaged/);
});
