import type { IncomingMessage } from "node:http";
import { AppError } from "#lib/errors/index.ts";
import { isSameOrigin, MAX_BODY_BYTES } from "./request.ts";

/** Pages with forms that work without scripts. Every other page takes no form. */
const PAGES =
  /^\/(?:sign-in|sign-in\/link|sign-up|forgot-password|reset-password|unsubscribe|join|(?:collections|documents|requests)\/[^/]+|share\/[^/]+(?:\/documents\/[^/]+)?)?$/;

/**
 * Whether a request is a form of such a page as a browser sends it without scripts. With them, calls go to the API: what
 * React itself would send (`Next-Action`) is let in nowhere.
 */
export const isForm = ({ method, headers }: IncomingMessage, path: string): boolean =>
  method === "POST" &&
  headers["next-action"] === undefined &&
  /^multipart\/form-data;/i.test(headers["content-type"] ?? "") &&
  PAGES.test(path);

/** The field by which React knows the action of a form; the only one of its own that our forms have. */
const ACTION = /^\$ACTION_ID_[0-9a-f]{42}$/;

/**
 * Why a form goes no further, or null. Nothing but texts and one action: values in React's own format, which Next would
 * decode, are none. What was read is put back for Next to read again.
 */
export async function refusalOfForm(req: IncomingMessage): Promise<AppError | null> {
  const { headers } = req;
  const told = { get: (name: string) => [headers[name] ?? []].flat().join(", ") || null };
  if (!isSameOrigin(told)) return new AppError("forbidden", "Form from elsewhere", { reason: "origin" });
  const length = Number(headers["content-length"]);
  if (!Number.isSafeInteger(length) || length === 0) return malformed("A form without a length");
  if (length > MAX_BODY_BYTES)
    return new AppError("invalid_input", "Form too large", { reason: "body_too_large" });
  const body = await readExactly(req, length);
  if (!body) return malformed("A form that ends early");
  try {
    const type = headers["content-type"] ?? "";
    const form = await new Response(body, { headers: { "content-type": type } }).formData();
    const own = [...form.keys()].filter((name) => name.startsWith("$"));
    const isSound =
      own.length === 1 &&
      ACTION.test(own[0]!) &&
      [...form.values()].every((value) => typeof value === "string");
    if (!isSound) return malformed("No form of ours");
  } catch {
    return malformed("A form that can't be parsed");
  }
  req.unshift(body);
  return null;
}

const malformed = (message: string) => new AppError("malformed_request", message);

/** So many bytes of a body; null where it ends before. Stops short of its end, so that it can be put back. */
function readExactly(req: IncomingMessage, length: number): Promise<Buffer<ArrayBuffer> | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (whole: boolean) => {
      req.off("readable", onReadable).off("end", onEnd).off("close", onEnd).off("error", onEnd);
      resolve(whole ? Buffer.concat(chunks) : null);
    };
    const onEnd = () => finish(false);
    const onReadable = () => {
      while (size < length) {
        const chunk: unknown = req.read();
        if (!(chunk instanceof Buffer)) return;
        chunks.push(chunk);
        size += chunk.byteLength;
      }
      finish(true);
    };
    req.on("readable", onReadable).on("end", onEnd).on("close", onEnd).on("error", onEnd);
  });
}
