import { log } from "#lib/log/index.ts";

/**
 * A file that is sent as it is made. Nothing is read ahead of whoever takes it, and nothing more once they have gone. A
 * failure on the way breaks the answer off: it must not look complete.
 */
export function streamed({
  filename,
  contentType,
  text,
}: {
  /** Of plain characters. */
  filename: string;
  contentType: string;
  text: AsyncIterable<string>;
}): Response {
  const pieces = text[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          let piece = await pieces.next();
          while (!piece.done && piece.value === "") piece = await pieces.next();
          if (piece.done) controller.close();
          else controller.enqueue(encoder.encode(piece.value));
        } catch (error) {
          log().error({ err: error, filename }, "a file broke off");
          controller.error(error);
        }
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": contentType,
      "content-disposition": `attachment; filename="${filename}"`,
      "x-content-type-options": "nosniff",
    },
  });
}
