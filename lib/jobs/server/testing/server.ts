/* The job server as a process of its own, so that tests can kill and stall it. */
import { type JobServerOptions, startJobServer } from "../index.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as JobServerOptions;
const write = (level: string) => (details: object, message: string) =>
  void process.stderr.write(
    `${JSON.stringify({ level, message, ...details, err: undefined, cause: causeOf(details) })}\n`,
  );
const server = await startJobServer({
  ...options,
  log: { info: write("info"), warn: write("warn"), error: write("error") },
});
process.stdout.write(`up ${server.port}\n`);
server.ready.catch((error: Error) => process.stdout.write(`refused ${error.message}\n`));
process.on("SIGTERM", () => void server.stop().then(() => process.exit(0)));

function causeOf(details: object): string | undefined {
  return "err" in details && details.err instanceof Error ? details.err.stack : undefined;
}
