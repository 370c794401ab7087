import { createWriteStream, renameSync, statSync, type WriteStream } from "node:fs";
import { rename, stat } from "node:fs/promises";

/** Past this size a log is set aside as `<name>.1`, replacing the one before: two files bound what logs may take. */
const MAX_BYTES = 20_000_000;

/** Sets the file aside if it has grown past the bound. For logs that another process writes, between its runs. */
export async function rotateLog(file: string, maxBytes = MAX_BYTES): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found && found.size > maxBytes) await rename(file, `${file}.1`);
}

export interface LogFile {
  write(chunk: string | Buffer): void;
  close(): Promise<void>;
}

/** A log that is appended to and kept below twice the bound. A full disk loses lines, never the process. */
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
          // It goes on growing, which is better than ending the app over a log.
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
