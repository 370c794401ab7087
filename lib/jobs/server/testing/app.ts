/* A small application with sample functions, run as a process of its own by the tests. */
import { appendFileSync } from "node:fs";
import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { Inngest } from "inngest";
import { serve } from "inngest/node";
import { sampleFunctions } from "./functions.ts";

export interface AppSettings {
  port: number;
  baseUrl: string;
  eventKey: string;
  signingKey: string;
  /** Where the functions write what they did, one line each. */
  journal: string;
  /** Which set of functions to serve. */
  variant: string;
}

const settings = JSON.parse(process.argv[2] ?? "{}") as AppSettings;
const { baseUrl, eventKey, signingKey } = settings;
const client = new Inngest({ id: "sample", baseUrl, eventKey, signingKey, isDev: false });
const note = (line: string) => appendFileSync(settings.journal, `${line}\n`);
const functions = sampleFunctions(client, { note, delay }, settings.variant);
const handler = serve({ client, functions });

const server = http.createServer((request, response) => {
  Promise.resolve(handler(request, response)).catch(() => response.destroy());
});
server.listen(settings.port, "127.0.0.1", () => process.stdout.write("up\n"));
