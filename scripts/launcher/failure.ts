/** An ending that is expected and that its message explains in full: shown alone, without a stack. */
export class StartFailure extends Error {
  override name = "StartFailure";
}

const NO_SPACE = /ENOSPC|no space left on device|disk quota exceeded/i;
const NO_PERMISSION = /\b(EACCES|EPERM|EROFS|ENOTDIR)\b|permission denied|read-only file system/i;

/** The sentence for a full disk; `where` names the folder that could not be written. */
export function diskFull(where: string): StartFailure {
  return new StartFailure(
    `The disk is full: ${where} could not be written. Free some space and start again.`,
  );
}

/** The sentence for a folder that may not be written. */
export function noWritePermission(where: string): StartFailure {
  return new StartFailure(
    `No permission to write to ${where}. Change its owner or its mode, or name another folder with DATA_DIR.`,
  );
}

/**
 * Turns what a tool wrote or the system answered into one sentence.
 * `doing` completes "could not …" and is used only when the cause is none of the known ones.
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

/** The line that says most: the last one that names an error, else the last one at all. */
export function lastLine(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("at "));
  const telling = lines.filter((line) => /error|fatal|panic|cannot|could not|failed/i.test(line));
  return (telling.at(-1) ?? lines.at(-1) ?? "it gave no reason").slice(0, 300);
}
