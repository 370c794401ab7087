import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AppError } from "#lib/errors/index.ts";
import { type Problem } from "#lib/errors/schema.ts";
import { isCall } from "./front-door.ts";
import { problemResponse } from "./problem.ts";

/** Answers a request that goes no further than the server: problem details for programs, two sentences for people. */
export async function refuse(req: IncomingMessage, res: ServerResponse, error: AppError): Promise<void> {
  const headers = { get: (name: string) => [req.headers[name] ?? []].flat().join(", ") || null };
  if (typeof error.details.allow === "string") res.setHeader("Allow", error.details.allow);
  const answer = problemResponse(error, headers, randomUUID());
  const text = await answer.text();
  const forPeople = !isCall(req.url ?? "");
  if (forPeople) answer.headers.set("content-type", "text/plain; charset=utf-8");
  const { title, detail } = JSON.parse(text) as Problem;
  const body = forPeople ? `${title}\n\n${detail}\n` : text;
  res.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    "content-length": Buffer.byteLength(body),
  });
  res.end(req.method === "HEAD" ? undefined : body);
}
