import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type { QuotaView } from "#lib/quota/schema.ts";

/** What the reader uses and may use. Invalidate `["quota"]` after anything that adds or removes documents. */
export const quotaQuery = () =>
  queryOptions({
    queryKey: ["quota"],
    queryFn: ({ signal }) => api<QuotaView>("/api/v1/me/quota", { signal }),
  });
