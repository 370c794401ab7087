import http from "node:http";
import { parentPort } from "node:worker_threads";
import type { LoadAnswer, LoadPhase, LoadRequest } from "./load.ts";

interface Answer {
  status: number;
  body: string;
}

function send(agent: http.Agent, origin: URL, request: LoadRequest, isBodyWanted: boolean): Promise<Answer> {
  const { method, path, headers, body } = request;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = http.request(
      { agent, host: origin.hostname, port: origin.port, method, path, headers: { ...headers, ...length } },
      (response) => {
        const status = response.statusCode ?? 0;
        const chunks: Buffer[] = [];
        if (isBodyWanted || status >= 300) response.on("data", (chunk: Buffer) => chunks.push(chunk));
        else response.resume();
        response.on("end", () => resolve({ status, body: Buffer.concat(chunks).toString() }));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

async function run(phase: LoadPhase): Promise<LoadAnswer> {
  const { requests, concurrency, durationMs, status, keepBodies = false } = phase;
  const origin = new URL(phase.origin);
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
  const most = durationMs === undefined || phase.isOnce ? requests.length : Infinity;
  const latencies: number[] = [];
  const bodies: string[] = [];
  let sent = 0;
  let failure: string | undefined;
  const startedAt = performance.now();
  const deadline = startedAt + (durationMs ?? Infinity);

  async function client() {
    while (sent < most && failure === undefined && performance.now() < deadline) {
      const index = sent++;
      const request = requests[index % requests.length]!;
      const at = performance.now();
      const answer = await send(agent, origin, request, keepBodies);
      latencies[index] = performance.now() - at;
      if (keepBodies) bodies[index] = answer.body;
      if (answer.status !== status)
        failure ??= `${request.method} ${request.path} answered ${answer.status}: ${answer.body.slice(0, 500)}`;
    }
  }

  try {
    await Promise.all(Array.from({ length: concurrency }, client));
  } catch (error) {
    failure ??= `The product did not answer: ${(error as Error).message}`;
  }
  const elapsedMs = performance.now() - startedAt;
  agent.destroy();
  return failure ? { failure } : { elapsedMs, latenciesMs: Float64Array.from(latencies), bodies };
}

parentPort?.on(
  "message",
  (phase: LoadPhase) => void run(phase).then((answer) => parentPort?.postMessage(answer)),
);
