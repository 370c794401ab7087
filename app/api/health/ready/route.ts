import { isReady } from "#lib/http/health.ts";

/** Ready to serve: the database answers. Load balancers send nothing here on 503. */
export async function GET() {
  const ready = await isReady();
  return Response.json(
    { status: ready ? "ready" : "unavailable" },
    { status: ready ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}
