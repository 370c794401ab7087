import { randomUUID } from "node:crypto";
import pg from "pg";
import { ownerUrl, type Product } from "../../support/product.ts";
import type { World } from "./world.ts";

/** Rows of a parameter that holds them as JSON. */
export const rowsOf = (definition: string, parameter = "$1") =>
  `jsonb_to_recordset(${parameter}::jsonb) x (${definition})`;

/** The product, asked over a few connections however much is asked at once. */
export async function pooled(product: Product): Promise<Product & { end(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: await ownerUrl(product.dataDir), max: 4 });
  pool.on("error", () => undefined); // the database ends before it
  return {
    ...product,
    query: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await pool.query<Row>(text, values)).rows,
    end: () => pool.end(),
  };
}

/** Inserts a row; its id. */
export const rowId = async ({ product }: World, insert: string, values: unknown[]): Promise<string> =>
  (await product.query<{ id: string }>(`${insert} RETURNING id`, values))[0]!.id;

export const someAddress = () => `${randomUUID()}@example.org`;

/** An empty group. */
export async function makeGroup(
  product: Product,
  workspaceId: string,
  { isDeleted = false, name = `Group ${randomUUID()}` } = {},
): Promise<string> {
  const [group] = await product.query<{ id: string }>(
    "INSERT INTO groups (workspace_id, name, deleted_at) VALUES ($1, $2, CASE WHEN $3 THEN now() END) RETURNING id",
    [workspaceId, name, isDeleted],
  );
  return group!.id;
}
