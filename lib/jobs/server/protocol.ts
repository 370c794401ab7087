import { createHmac, timingSafeEqual } from "node:crypto";
import http from "node:http";
import canonicalize from "canonicalize";
import { z } from "zod";
import { type FunctionConfig, functionSchema } from "./config.ts";
import type { JobEvent } from "./event.ts";
import { parseJson } from "./json.ts";

/*
 * The server's half of the Inngest SDK protocol: signed calls to the application's endpoint.
 * Written after inngest 4.24 (components/InngestCommHandler, components/execution/engine).
 */

const LONGEST_CALL_MS = 2 * 60 * 60 * 1_000; // Inngest's own bound for one step
const LISTING_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

const operation = z.looseObject({
  id: z.string(),
  op: z.string(),
  name: z.string().nullish(),
  opts: z
    .looseObject({
      timeout: z.string().nullish(),
      if: z.string().nullish(),
      function_id: z.string().nullish(),
      payload: z.looseObject({ data: z.record(z.string(), z.unknown()).nullish() }).nullish(),
    })
    .nullish(),
  data: z.unknown().optional(),
  error: z.unknown().optional(),
});
/** The SDK's answer for a function that it does not have. Nothing ran. */
const unknownFunction = z.looseObject({
  message: z.string().regex(/^Function ".*" was not found in this app/),
});
const listing = z.looseObject({ functions: z.array(functionSchema) });

export type Operation = z.infer<typeof operation>;
export type StepResult = { data: unknown } | { error: unknown };

export interface Call {
  fnId: string;
  /** The step to run, or `step` for the function from its start. */
  stepId: string;
  runId: string;
  event: JobEvent;
  attempt: number;
  maxAttempts: number;
  /** Finished steps in the order they finished. */
  done: { id: string; result: StepResult }[];
  /** Other steps are running: only report what to do next, run nothing. */
  planOnly: boolean;
}

export type Answer =
  | { kind: "output"; output: unknown }
  | { kind: "operations"; operations: Operation[] }
  /** The attempt failed; `byApp` tells an error of the function from a lost or foreign answer. */
  | { kind: "error"; error: unknown; final: boolean; retryAfter?: string; byApp: boolean }
  /** The call never reached the function: not an attempt. */
  | { kind: "undelivered"; reason: string };

export interface AppClient {
  /** @throws Error when the application does not answer as expected */
  listFunctions(): Promise<FunctionConfig[]>;
  execute(call: Call): Promise<Answer>;
  /** Drops calls that are still under way. */
  abandon(): void;
}

class UndeliveredError extends Error {}
/** A retry would fail again. */
class TooLargeError extends Error {}

interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: unknown;
}

export function createAppClient(appUrl: string, signingKey: string): AppClient {
  const key = signingKey.replace(/^signkey-\w+-/, "");
  const open = new Set<http.ClientRequest>();
  const sign = (text: string, seconds: string) =>
    createHmac("sha256", key).update(text).update(seconds).digest("hex");

  /** Throws unless the answer is signed with our key: no other program on that port may write results. */
  function verify(text: string, header: string | string[] | undefined): void {
    const parts = new URLSearchParams(String(header ?? ""));
    const given = Buffer.from(parts.get("s") ?? "");
    const expected = Buffer.from(sign(text, parts.get("t") ?? ""));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new Error("The answer is not signed with this installation's key.");
    }
  }

  function send(
    method: string,
    query: Record<string, string>,
    payload: object,
    headers: Record<string, string>,
    timeoutMs: number,
  ) {
    const body = canonicalize(payload) ?? "";
    const seconds = String(Math.floor(Date.now() / 1_000));
    return new Promise<Reply>((resolve, reject) => {
      let connected = false;
      // node:http, because fetch gives up on an answer after five minutes. A new connection for each call, because an
      // idle one may be closed just as it is used, and then nobody knows whether the call arrived.
      const request = http.request(`${appUrl}?${new URLSearchParams(query)}`, {
        method,
        agent: false,
        timeout: timeoutMs,
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "x-inngest-signature": `t=${seconds}&s=${sign(body, seconds)}`,
        },
      });
      open.add(request);
      request.on("socket", (socket) => socket.once("connect", () => (connected = true)));
      request.on("timeout", () =>
        request.destroy(new Error(`The application did not answer within ${timeoutMs / 1_000} seconds.`)),
      );
      request.on("close", () => open.delete(request));
      request.on("error", (error) => reject(connected ? error : new UndeliveredError(error.message)));
      request.on("response", (response) => {
        readReply(response)
          .then((text) => {
            if (!("x-inngest-sdk" in response.headers)) {
              throw new Error(
                `Not an answer of the Inngest SDK: ${response.statusCode} ${text.slice(0, 200)}`,
              );
            }
            verify(text, response.headers["x-inngest-signature"]);
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parseJson(text) });
          }, reject)
          .catch(reject);
      });
      request.end(body);
    });
  }

  return {
    async listFunctions() {
      const { status, body } = await send(
        "PUT",
        {},
        { url: appUrl },
        { "x-inngest-sync-kind": "in_band" },
        LISTING_MS,
      );
      if (status !== 200) throw new Error(`The application did not list its functions: status ${status}.`);
      return listing.parse(body).functions;
    },
    async execute(call) {
      try {
        const payload = {
          version: 2,
          event: call.event,
          events: [call.event],
          steps: Object.fromEntries(call.done.map((step) => [step.id, step.result])),
          // without ctx.fn_id the SDK answers after each step instead of reporting to a checkpoint API
          ctx: {
            run_id: call.runId,
            attempt: call.attempt,
            max_attempts: call.maxAttempts,
            use_api: false,
            disable_immediate_execution: call.planOnly,
            stack: { stack: call.done.map((step) => step.id), current: call.done.length },
          },
        };
        const query = { fnId: call.fnId, stepId: call.stepId };
        return readAnswer(await send("POST", query, payload, { "x-run-id": call.runId }, LONGEST_CALL_MS));
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        if (error instanceof UndeliveredError) return { kind: "undelivered", reason: message };
        return {
          kind: "error",
          error: { name, message },
          final: error instanceof TooLargeError,
          byApp: false,
        };
      }
    },
    abandon: () => open.forEach((request) => request.destroy(new Error("The job server is stopping."))),
  };
}

function readAnswer({ status, headers, body }: Reply): Answer {
  if (status === 200) return { kind: "output", output: body };
  if (status === 500 && unknownFunction.safeParse(body).success)
    return { kind: "undelivered", reason: "The application does not know the function." };
  const failure = {
    final: headers["x-inngest-no-retry"] === "true",
    retryAfter: headers["retry-after"],
    byApp: true,
  };
  if (status !== 206) return { kind: "error", error: body, ...failure };
  const operations = z.array(operation).parse(body);
  const failed = operations.find(({ op }) => op === "StepError");
  return failed ? { kind: "error", error: failed.error, ...failure } : { kind: "operations", operations };
}

async function readReply(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES)
      throw new TooLargeError(`The step's output is larger than ${MAX_ANSWER_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
