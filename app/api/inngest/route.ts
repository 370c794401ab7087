import { randomUUID } from "node:crypto";
import { serve } from "inngest/next";
import { NextRequest } from "next/server";
import { inngest } from "#inngest/client.ts";
import { functions } from "#inngest/functions/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { problemResponse } from "#lib/http/problem.ts";
import { readJson } from "#lib/http/request.ts";

const handlers = serve({ client: inngest, functions });
type Handler = (typeof handlers)["POST"];

/** The most that Inngest sends: an event with the results of all steps so far. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Inngest's handler reads bodies of any size before it looks at their signature, and fails on what is not JSON. */
const bounded =
  (handler: Handler): Handler =>
  async (request, context) => {
    const read = await readJson(request, MAX_BODY_BYTES);
    if ("fault" in read)
      return problemResponse(
        new AppError("malformed_request", `Body ${read.fault}`),
        request.headers,
        randomUUID(),
      );
    const { url, method, headers } = request;
    // from its parts: what Next hands over stands for a request, and is none that another could be made of
    return handler(new NextRequest(url, { method, headers, body: read.text || null }), context);
  };

export const GET = handlers.GET;
export const POST = bounded(handlers.POST);
export const PUT = bounded(handlers.PUT);
