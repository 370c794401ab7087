/** An expected failure that its message explains in full. Shown without a stack. */
export class StartFailure extends Error {
  override name = "StartFailure";
}

const NO_SPACE = /ENOSPC|no space left on device|disk quota exceeded/i;
const NO_PERMISSION = /\b(EACCES|EPERM|EROFS|ENOTDIR)\b|permission denied|read-only file system/i;

/** The failure of a full disk; `where` is the folder that could not be written. */
export function diskFull(where: string): StartFailure {
  return new StartFailure(
    `The disk is full: ${where} could not be written. Free some space and start again.`,
  );
}

/** The failure of a folder without write permission. */
export function noWritePermission(where: string): StartFailure {
  return new StartFailure(
    `No permission to write to ${where}. Change its owner or its mode, or name another folder with DATA_DIR.`,
  );
}

/**
 * Turns the output of a tool or an error of the system into one sentence.
 * `doing` completes "could not …" and is used only for unknown causes.
 */
export function explain(error: unknown, doing: string, where: string): StartFailure {
  if (error instanceof StartFailure) return error;
  const text =
    error instanceof Error
      ? `${(error as NodeJS.ErrnoException).code ?? ""} ${error.message}`
      : String(error);
  if (NO_SPACE.test(text)) return diskFull(where);
  if (NO_PERMISSION.test(text)) return noWritePermission(where);
  return new StartFailure(`Sheaf could not ${doing}: ${lastLine(text)}`, { cause: error });
}

/** The last line that names an error, else the last line. */
export function lastLine(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("at "));
  const telling = lines.filter((line) => /error|fatal|panic|cannot|could not|failed/i.test(line));
  return (telling.at(-1) ?? lines.at(-1) ?? "it gave no reason").slice(0, 300);
}
