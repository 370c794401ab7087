import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import pg from "pg";

/** What streams cost at the least: Node's own server, which sends every notification to everybody who is connected. */
const clients = new Set<ServerResponse>();
const server = createServer((req, res) => {
  res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  res.flushHeaders();
  clients.add(res);
  res.once("close", () => clients.delete(res));
});
const listener = new pg.Client({ connectionString: process.env.BENCH_DATABASE_URL });
await listener.connect();
listener.on("notification", ({ payload }) => {
  for (const client of clients) client.write(`id: ${payload}\ndata: {"name":"bench","data":{}}\n\n`);
});
await listener.query("LISTEN sheaf_bench");
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit());
