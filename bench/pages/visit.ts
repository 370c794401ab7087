import http from "node:http";
import { gunzipSync, gzipSync } from "node:zlib";
import { cpuMs } from "../cpu.ts";

/** One page of an app that runs, as a browser asks for it. */
export interface Target {
  name: string;
  origin: string;
  path: string;
  cookie?: string;
  /** The process whose use of the processor is counted, with all below it. */
  pid: number;
}

export interface Weight {
  htmlBytes: number;
  htmlCompressedBytes: number;
  /** The scripts that the HTML names, compressed. */
  scriptCompressedBytes: number;
}

const agent = new http.Agent({ keepAlive: true });

/** An answer of 200 as it came over the wire, which is compressed. */
function get({ origin, cookie }: Target, address: string): Promise<Buffer> {
  const headers = { "accept-encoding": "gzip", accept: "text/html", ...(cookie && { cookie }) };
  return new Promise((resolve, reject) => {
    const request = http.get(new URL(address, origin), { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks));
        else reject(new Error(`${address} answered ${response.statusCode}.`));
      });
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}

/** What a browser without a cache loads before the page works. Both bodies are compressed alike, whatever a server does. */
export async function weigh(target: Target): Promise<Weight> {
  const html = gunzipSync(await get(target, target.path));
  const tags = html.toString().match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const scripts = new Set(
    tags
      // not those for browsers without modules, which load none of the others
      .filter((tag) => !/\bnomodule/i.test(tag) && (tag.startsWith("<script") || /\bas="script"/.test(tag)))
      .map((tag) => /\b(?:src|href)="([^"]+)"/.exec(tag)?.[1])
      .filter((address) => address !== undefined),
  );
  let scriptCompressedBytes = 0;
  for (const src of scripts) scriptCompressedBytes += gzipSync(gunzipSync(await get(target, src))).length;
  return { htmlBytes: html.length, htmlCompressedBytes: gzipSync(html).length, scriptCompressedBytes };
}

/** Asks for the page one time after the other; milliseconds of processor for each. Null where they cannot be had. */
export async function costOf(target: Target, visits: number): Promise<number | null> {
  const before = cpuMs(target.pid);
  for (let visit = 0; visit < visits; visit++) await get(target, target.path);
  const after = cpuMs(target.pid);
  return before === null || after === null ? null : (after - before) / visits;
}
