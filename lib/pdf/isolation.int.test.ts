import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { hostilePdfs } from "#e2e/fixtures/pdfs.ts";
import { getIsolation, isolatedCommand, type Isolation } from "./isolation.ts";
import { supervise } from "./supervise.ts";
import { folder } from "./test-support.ts";

const isLinux = process.platform === "linux";
const isolation = await getIsolation();

/** Runs a script under a document's isolation and returns what it reports as detail. */
async function probe(source: string, o: { isolation?: Isolation; readPaths?: string[] } = {}) {
  const script = join(folder, `${randomUUID()}.mjs`);
  await writeFile(
    script,
    `import { writeSync } from "node:fs";
     const report = (value) => writeSync(1, JSON.stringify({ type: "failed", reason: "damaged", detail: String(value) }) + "\\n");
     ${source}`,
  );
  const outcome = await supervise({
    command: isolatedCommand({
      isolation: o.isolation ?? isolation,
      root: process.cwd(),
      readPaths: o.readPaths ?? [],
      writePath: folder,
      memoryMb: 512,
      fileMb: 2,
      script,
      args: [],
    }),
    env: {},
    timeoutMs: 20_000,
    memoryBytes: 512 * 1024 * 1024,
  });
  if (outcome.end !== "finished") throw new Error(`${outcome.end}: ${outcome.detail}`);
  return outcome.message.type === "failed" ? outcome.message.detail : "";
}

/** Runs plain Node under the supervisor without isolation. */
function run(source: string, o: Partial<Parameters<typeof supervise>[0]> = {}) {
  const command = [process.execPath, "--input-type=module", "--eval", source];
  return supervise({ command, env: {}, timeoutMs: 20_000, memoryBytes: 512 * 1024 * 1024, ...o });
}

/** Processes with the mark in their command line. */
async function findProcesses(mark: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const matches = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return command.includes(mark) ? Number(pid) : null;
    }),
  );
  return matches.filter((pid) => pid !== null);
}

const soon = { timeout: 15_000, interval: 50 };

describe("what a child can see", () => {
  const secret = `SHEAF_TEST_${randomUUID().replaceAll("-", "")}`;
  afterEach(() => {
    delete process.env[secret];
  });

  test("nothing of the parent's environment", async () => {
    process.env[secret] = "s3cret";
    expect(await probe(`report(JSON.stringify(Object.keys(process.env)))`)).toBe("[]");
  });

  test("only the files it is given", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "sheaf-pdf-elsewhere-"));
    onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
    const [given, other] = [join(elsewhere, "given.txt"), join(elsewhere, "other.txt")];
    for (const path of [given, other]) await writeFile(path, "content");
    const tryRead = (path: string) =>
      probe(
        `import { readFileSync } from "node:fs";
         try { report(readFileSync(${JSON.stringify(path)}, "utf8")) } catch (error) { report(error.code) }`,
        { readPaths: [given] },
      );
    expect(await tryRead(given)).toBe("content");
    expect(await tryRead(other)).toBe("ERR_ACCESS_DENIED");
    expect(await tryRead(join(process.cwd(), "tsconfig.json"))).toBe("ERR_ACCESS_DENIED");
  });

  test("it writes to its own folder only and starts nothing", async () => {
    expect(
      await probe(`import { writeFileSync } from "node:fs";
        try { writeFileSync(${JSON.stringify(join(process.cwd(), "lib/pdf/planted"))}, ""); report("written") } catch (error) { report(error.code) }`),
    ).toBe("ERR_ACCESS_DENIED");
    expect(
      await probe(`import { spawnSync } from "node:child_process";
        try { spawnSync("true"); report("started") } catch (error) { report(error.code) }`),
    ).toBe("ERR_ACCESS_DENIED");
  });

  test.each([
    ["as this machine allows", isolation],
    ["without the kernel's help", { prefix: [], nice: null, prlimit: null, hasOwnNetwork: false }],
  ])("no network, %s", async (_, walls) => {
    let visits = 0;
    const server = createServer((_request, response) => {
      visits += 1;
      response.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await probe(
      `import { get } from "node:http";
       import { connect } from "node:net";
       import { lookup } from "node:dns/promises";
       const settle = (promise) => promise.then(() => "open", () => "closed");
       const attempts = [
         () => fetch("http://127.0.0.1:${port}"),
         () => new Promise((resolve, reject) => get("http://127.0.0.1:${port}", resolve).on("error", reject)),
         () => new Promise((resolve, reject) => connect(${port}, "127.0.0.1", resolve).on("error", reject)),
         () => lookup("example.com"),
       ];
       const found = [];
       for (const attempt of attempts) found.push(await settle((async () => attempt())()));
       report(found.join(" ")); process.exit(0);`,
      { isolation: walls },
    );
    server.close();
    expect(answer).toBe("closed closed closed closed");
    expect(visits).toBe(0);
  });

  test.runIf(isolation.hasOwnNetwork)("no interface that is up, as the kernel sees it", async () => {
    const flags = await probe(
      `import { networkInterfaces } from "node:os"; report(Object.keys(networkInterfaces()).length)`,
    );
    expect(flags).toBe("0");
  });

  test.runIf(isLinux)("it writes no file larger than permitted", async () => {
    const written = await probe(
      `import { appendFileSync, statSync } from "node:fs";
       process.on("SIGXFSZ", () => {});
       const path = ${JSON.stringify(join(folder, "large"))};
       try { for (;;) appendFileSync(path, Buffer.alloc(100_000)); } catch (error) { report(error.code + " " + statSync(path).size) }`,
    );
    expect(written).toBe(`EFBIG ${2 * 1024 * 1024}`);
  });

  test.runIf(isLinux)("it is as polite as can be", async () => {
    expect(await probe(`import { getPriority } from "node:os"; report(getPriority())`)).toBe("19");
  });
});

describe("limits", () => {
  test("time: the whole process group goes", async () => {
    const mark = randomUUID();
    const outcome = await run(
      `import { spawn } from "node:child_process";
       spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)", "${mark}"], { stdio: "inherit" });
       for (;;);`,
      { timeoutMs: 1500 },
    );
    expect(outcome).toMatchObject({ end: "timeout" });
    if (isLinux) await vi.waitFor(async () => expect(await findProcesses(mark)).toEqual([]), soon);
  });

  test.runIf(isLinux)("memory: what is resident counts, wherever it is", async () => {
    const outcome = await run(
      `const kept = []; setInterval(() => kept.push(Buffer.alloc(20 * 1024 * 1024, 1)), 10);`,
      { memoryBytes: 300 * 1024 * 1024 },
    );
    expect(outcome).toMatchObject({ end: "memory", detail: expect.stringMatching(/^Stopped at \d+ MB/) });
  });

  test("a full script heap counts as memory", async () => {
    const command = [
      process.execPath,
      "--max-old-space-size=40",
      "--eval",
      "const a = []; for (;;) a.push([a.length])",
    ];
    expect(await run("", { command, memoryBytes: 2 ** 40 })).toMatchObject({ end: "memory" });
  });

  test.each(["stdout", "stderr"])("a flood of %s", async (stream) => {
    const outcome = await run(
      `import { writeSync } from "node:fs"; const text = '{"type":"progress","page":1,"pages":1}\\n'.repeat(999);
       for (;;) writeSync(process.${stream}.fd, text);`,
    );
    expect(outcome).toMatchObject({ end: "crashed" });
  });

  test.each([
    ["something else than messages", `console.log("hello")`],
    ["a message out of bounds", `console.log('{"type":"done","pageCount":-1}')`],
    ["nothing", ``],
    ["a result and then a crash", `console.log('{"type":"done","pageCount":1}'); process.exitCode = 1`],
  ])("a child that says %s is not believed", async (_, source) => {
    expect(await run(source)).toMatchObject({ end: "crashed" });
  });

  test("a program that isn't there", async () => {
    expect(await run("", { command: [join(folder, "nothing")] })).toMatchObject({ end: "crashed" });
  });
});

describe("when the parent is gone", () => {
  test.runIf(isLinux)("kill -9 of the parent ends the child", async () => {
    const name = `orphan-${randomUUID()}`;
    const source = join(folder, `${name}.pdf`);
    await writeFile(source, hostilePdfs["slow-pages"]());
    const call = { sourcePath: source, contentType: "application/pdf", outDir: join(folder, name) };
    const parent = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { processDocument } from "./lib/pdf/index.ts";
         const { call } = JSON.parse(process.env.CALL);
         await processDocument({ ...call, limits: { timeoutSeconds: 600, maxPages: 1000, memoryMb: 1024, outputMb: 50 },
           onProgress: ({ page }) => { if (page > 0) process.send?.("reading") } });`,
      ],
      {
        env: { CALL: JSON.stringify({ call }) } as unknown as NodeJS.ProcessEnv,
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      },
    );
    await new Promise((resolve) => parent.once("message", resolve));
    expect(await findProcesses(source)).toHaveLength(1);
    parent.kill("SIGKILL");
    await vi.waitFor(async () => expect(await findProcesses(source)).toEqual([]), soon);
  });

  test.runIf(isLinux)("a child whose time is up ends itself, even while its parent is stopped", async () => {
    const mark = randomUUID();
    const source = join(folder, `${mark}.pdf`);
    await writeFile(source, hostilePdfs["slow-pages"]());
    const job = {
      sourcePath: source,
      contentType: "application/pdf",
      outDir: folder,
      maxPages: 1000,
      heapBytes: 256 * 1024 * 1024,
      lifetimeMs: 1500,
    };
    const child = spawn(process.execPath, ["lib/pdf/worker/main.ts", JSON.stringify(job)], {
      stdio: ["pipe", "ignore", "inherit"],
      env: {} as NodeJS.ProcessEnv,
    });
    const signal = await new Promise((resolve) => child.once("exit", (_code, name) => resolve(name)));
    expect(signal).toBe("SIGKILL");
  });
});
