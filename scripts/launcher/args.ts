import { parseArgs } from "node:util";
import { StartFailure } from "./failure.ts";

export interface LauncherOptions {
  /** Next in development mode with hot reload, no build. */
  dev: boolean;
  /** Fill an instance with demo accounts and documents once it is ready. */
  demo: boolean;
  /** The port from the command line. Without it the environment decides. */
  port: number | undefined;
  /** How many app processes share the port. */
  instances: number;
  /** Print the app's log lines on the terminal, too. */
  verbose: boolean;
  /** Build what `npm start` would build, and end. */
  build: boolean;
  help: boolean;
}

export const USAGE = `npm start -- [options]

  --demo            create demo accounts with a few collections
  --port <number>   where to listen (default 3000)
  --instances <n>   how many app processes share that port (default 1)
  --verbose         show the app's log lines here, too
  --dev             development mode with hot reload (npm run dev)
  --build           build and end, start nothing (npm run build)
`;

/** Parses the command line. Throws a StartFailure that names an unknown option. */
export function parseLauncherArgs(argv: string[]): LauncherOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        dev: { type: "boolean", default: false },
        demo: { type: "boolean", default: false },
        port: { type: "string", short: "p" },
        instances: { type: "string", default: "1" },
        verbose: { type: "boolean", default: false },
        build: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }));
  } catch (error) {
    throw new StartFailure(`${(error as Error).message.split(". ")[0]}.\n\n${USAGE}`);
  }
  const instances = wholeNumber("--instances", values.instances, 1, 64);
  if (values.dev && instances > 1) throw new StartFailure("--dev runs one instance; leave out --instances.");
  return {
    dev: values.dev,
    demo: values.demo,
    port: values.port === undefined ? undefined : wholeNumber("--port", values.port, 1, 65_535),
    instances,
    verbose: values.verbose,
    build: values.build,
    help: values.help,
  };
}

/** Parses a whole number within bounds. The failure names the setting, the bounds and the text. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new StartFailure(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}
