import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { atEnd } from "../scratch.ts";

/**
 * Accepts the product's events and does nothing with them. The outbox and its relay work as usual, but no document is
 * processed: a child process per upload would keep a core busy while the next request is measured.
 */
export async function startEventSink(): Promise<string> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const events = body === "" ? [] : (JSON.parse(body) as { id: string }[]);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ids: [events].flat().map(({ id }) => id), status: 200 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
