import type { Client } from "pg";
import { figure } from "../table.ts";

interface Node {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Function Name"?: string;
  "Subplan Name"?: string;
  "Actual Total Time": number;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Shared Hit Blocks"?: number;
  "Shared Read Blocks"?: number;
  Plans?: Node[];
}

export interface PlanView {
  executionMs: number;
  planningMs: number;
  /** Blocks of 8 KiB, from memory and from disk. */
  buffers: number;
  /** The nodes with the most time of their own. */
  highlights: string[];
}

const SHOWN = 5;

/** Explains a statement that was prepared under this name on this connection, with its present plan. */
export async function explainPrepared(client: Client, name: string, values: unknown[]): Promise<PlanView> {
  const literals = values.map((value) => (value === null ? "NULL" : client.escapeLiteral(String(value))));
  const call = `EXECUTE ${client.escapeIdentifier(name)}${literals.length > 0 ? `(${literals.join(", ")})` : ""}`;
  const { rows } = await client.query<{
    "QUERY PLAN": [{ Plan: Node; "Execution Time": number; "Planning Time": number }];
  }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${call}`);
  const [found] = rows[0]!["QUERY PLAN"];
  const nodes = flatten(found.Plan);
  return {
    executionMs: found["Execution Time"],
    planningMs: found["Planning Time"],
    buffers: (found.Plan["Shared Hit Blocks"] ?? 0) + (found.Plan["Shared Read Blocks"] ?? 0),
    highlights: nodes
      .toSorted((a, b) => selfMs(b) - selfMs(a))
      .slice(0, SHOWN)
      .map(describe),
  };
}

const flatten = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
const totalMs = (node: Node) => node["Actual Total Time"] * node["Actual Loops"];
const selfMs = (node: Node) =>
  Math.max(0, totalMs(node) - (node.Plans ?? []).reduce((sum, child) => sum + totalMs(child), 0));

function describe(node: Node): string {
  const what = [node["Node Type"], node["Index Name"] ?? node["Relation Name"] ?? node["Function Name"]];
  const removed = node["Rows Removed by Filter"] ?? 0;
  const loops = node["Actual Loops"];
  const blocks = (node["Shared Hit Blocks"] ?? 0) + (node["Shared Read Blocks"] ?? 0);
  return [
    `${figure(selfMs(node))} ms  ${what.filter(Boolean).join(" ")}`,
    node["Subplan Name"] && `(${node["Subplan Name"]})`,
    `${Math.round(node["Actual Rows"] * loops)} rows`,
    loops > 1 && `in ${loops} loops`,
    removed > 0 && `${Math.round(removed * loops)} filtered out`,
    blocks > 0 && `${blocks} buffers`,
  ]
    .filter(Boolean)
    .join(", ");
}
