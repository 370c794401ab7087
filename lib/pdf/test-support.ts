import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect } from "vitest";
import { processDocument, type ProcessLimits, type ProcessResult } from "./index.ts";

/** For tests: a folder that is removed after the test file, and a way to process bytes like a stored document. */

export const limits: ProcessLimits = { timeoutSeconds: 60, maxPages: 1000, memoryMb: 1024, outputMb: 50 };
export const folder = await mkdtemp(join(tmpdir(), "sheaf-pdf-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

type Options = Omit<
  Parameters<typeof processDocument>[0],
  "sourcePath" | "contentType" | "outDir" | "limits"
>;

export async function read(
  bytes: Buffer | string,
  contentType = "application/pdf",
  o: Options & { limits?: Partial<ProcessLimits> } = {},
) {
  const outDir = await mkdtemp(join(folder, "job-"));
  const sourcePath = `${outDir}.source`;
  await writeFile(sourcePath, bytes);
  const result = await processDocument({
    sourcePath,
    contentType,
    outDir,
    ...o,
    limits: { ...limits, ...o.limits },
  });
  expect((await readdir(outDir)).filter((name) => name.startsWith("."))).toEqual([]);
  return { outDir, result, ...(await look(result)) };
}

export async function look(result: ProcessResult) {
  const text = result.ok && result.textPath ? await readFile(result.textPath, "utf8") : null;
  const thumbnail = result.ok && result.thumbnailPath ? await sharp(result.thumbnailPath).metadata() : null;
  return { text, thumbnail };
}
