import { createWriteStream, renameSync, statSync, type WriteStream } from "node:fs";
import { rename, stat } from "node:fs/promises";

/** Beyond this size a log is renamed to `<name>.1`, replacing the earlier one, so two files bound its space. */
const MAX_BYTES = 20_000_000;

/** Renames the file if it is beyond the bound. For logs of other processes, between their runs. */
export async function rotateLog(file: string, maxBytes = MAX_BYTES): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found && found.size > maxBytes) await rename(file, `${file}.1`);
}

export interface LogFile {
  write(chunk: string | Buffer): void;
  close(): Promise<void>;
}

/** An appended log that stays below twice the bound. A full disk costs lines, never the process. */
export function openLog(file: string, maxBytes = MAX_BYTES): LogFile {
  let sizeBytes = 0;
  try {
    sizeBytes = statSync(file).size;
  } catch {
    // It does not exist yet.
  }
  const open = (): WriteStream => createWriteStream(file, { flags: "a" }).on("error", () => undefined);
  let stream = open();
  return {
    write(chunk) {
      if (sizeBytes > maxBytes) {
        stream.end();
        try {
          renameSync(file, `${file}.1`);
        } catch {
          // The log goes on growing, which is better than ending the app.
        }
        sizeBytes = 0;
        stream = open();
      }
      sizeBytes += Buffer.byteLength(chunk);
      stream.write(chunk);
    },
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
