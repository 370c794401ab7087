import { sealingLag } from "#lib/audit/index.ts";
import { isReady } from "#lib/http/health.ts";

/**
 * Ready to serve: the database answers. Load balancers send nothing here on 503. How far the audit log's sealing is behind
 * stands beside it, for alerts; it decides nothing.
 */
export async function GET() {
  const ready = await isReady();
  const lag = ready ? await sealingLag().catch(() => null) : null;
  return Response.json(
    {
      status: ready ? "ready" : "unavailable",
      ...(lag && { audit: { sealingLagSeconds: Math.max(0, Math.round(lag.seconds * 10) / 10) } }),
    },
    { status: ready ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}
