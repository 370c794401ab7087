import type { Bench } from "../bench.ts";
export const database: Bench = { name: "db", summary: "lists and point reads", isDefault: true, run: async () => ({ text: "", data: null }) };
