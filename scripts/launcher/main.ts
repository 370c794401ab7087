import path from "node:path";
import { launch } from "./launch.ts";

/** Called by `scripts/start.mjs` on the project's own Node. */
await launch(path.resolve(import.meta.dirname, "../.."), process.argv.slice(2));
