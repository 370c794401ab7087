import { queryOptions } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { getQuota } from "#lib/quota/api.ts";

/** What the reader uses and may use. Invalidate `["quota"]` after anything that adds or removes documents. */
export const quotaQuery = () =>
  queryOptions({
    queryKey: ["quota"],
    queryFn: ({ signal }) => call(getQuota, { signal }),
  });
