import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findLockHolder, lockDataFolder } from "./lock.ts";
import { startMark } from "./processes.ts";

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "sheaf-lock-"))));
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** A process that tries to lock the folder on demand, reports the result and keeps running. */
async function contender(): Promise<{ child: ChildProcess; take(): Promise<string> }> {
  const script = `
    import { lockDataFolder } from ${JSON.stringify(path.join(import.meta.dirname, "lock.ts"))};
    process.on("message", async () => {
      try { process.send((await lockDataFolder(${JSON.stringify(folder)})).recovered ? "recovered" : "taken"); }
      catch (error) { process.send(error.message); }
    });
    process.send("up");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  children.push(child);
  await once(child, "message");
  return {
    child,
    async take() {
      const answered = once(child, "message");
      child.send("take");
      return String((await answered)[0]);
    },
  };
}

it("keeps a second launcher out until the first has let go", async () => {
  const lock = await lockDataFolder(folder);
  expect(lock.recovered).toBe(false);
  const other = await contender();
  expect(await other.take()).toBe(
    `Sheaf already runs on the data folder ${folder} (process ${process.pid}); stop it first, or name another folder with DATA_DIR.`,
  );
  await lock.release();
  expect(await other.take()).toBe("taken");
  expect(await findLockHolder(folder)).toBe(other.child.pid);
});

it("takes over from a launcher that was killed", async () => {
  const { child, take } = await contender();
  expect(await take()).toBe("taken");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect((await lockDataFolder(folder)).recovered).toBe(true);
});

it("is not fooled by another program that now has the process id", async () => {
  await writeFile(
    path.join(folder, "launcher-1.lock"),
    JSON.stringify({ pid: process.pid, startMark: `${await startMark(process.pid)}0` }),
  );
  expect((await lockDataFolder(folder)).recovered).toBe(true);
});

it.each(["not json", "{}"])("replaces a lock file that was damaged into %j", async (content) => {
  await writeFile(path.join(folder, "launcher-1.lock"), content);
  expect((await lockDataFolder(folder)).recovered).toBe(true);
});

it("lets exactly one of several launchers take over a stale lock", async () => {
  const dead = spawn(process.execPath, ["-e", ""]);
  await once(dead, "exit");
  await writeFile(path.join(folder, "launcher-1.lock"), JSON.stringify({ pid: dead.pid, startMark: "1" }));
  const contenders = await Promise.all(Array.from({ length: 6 }, contender));
  const answers = await Promise.all(contenders.map(({ take }) => take()));
  expect(answers.filter((answer) => /^(taken|recovered)$/.test(answer))).toHaveLength(1);
  expect(answers.filter((answer) => answer.startsWith("Sheaf already runs"))).toHaveLength(5);
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^launcher-\d+\.lock$/)]);
});
