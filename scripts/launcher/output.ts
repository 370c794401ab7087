/** The launcher's output on the terminal: one line per phase, then the address. */
const WIDTH = 28;

/** Runs one phase of the start and prints one line with its result and duration. */
export async function phase<T>(
  label: string,
  work: () => Promise<T>,
  detail?: (result: T) => string,
): Promise<T> {
  const startedAt = performance.now();
  process.stdout.write(`  ${label.padEnd(WIDTH)}`);
  try {
    const result = await work();
    const said = detail?.(result) ?? "";
    process.stdout.write(`${seconds(performance.now() - startedAt)}${said ? `   ${said}` : ""}\n`);
    return result;
  } catch (error) {
    process.stdout.write("\n");
    throw error;
  }
}

/** A duration in milliseconds as the launcher prints it: "0.4 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`.padStart(7);
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}
