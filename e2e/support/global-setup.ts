import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { newPerson } from "./caller.ts";
import { startProduct } from "./product.ts";

/**
 * Starts the product once for all journeys, in an empty data folder, and ends it afterwards.
 * With SHEAF_E2E_URL and SHEAF_E2E_DATA_DIR an instance that runs already is used instead, for writing tests.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (process.env.SHEAF_E2E_URL) return async () => undefined;
  const dataDir = await mkdtemp(path.join(tmpdir(), "sheaf-e2e-"));
  const product = await startProduct({ dataDir, instances: 2 }).catch(async (error: unknown) => {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  });
  // the first person is the system admin, whom refusals tell less: no journey is to be theirs by chance
  await newPerson(product.url, "First Person");
  process.env.SHEAF_E2E_URL = product.url;
  process.env.SHEAF_E2E_DATA_DIR = dataDir;
  return async () => {
    await product.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
