/** Runs once in every instance, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startRelay } = await import("#lib/jobs/relay.ts");
  const { syncTiers } = await import("#lib/quota/index.ts");
  await syncTiers();
  startRelay();
  const { startSealer } = await import("#lib/audit/index.ts");
  startSealer();
}
