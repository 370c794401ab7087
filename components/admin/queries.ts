import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { mapPages, type Pages, paging } from "#components/list-pages.ts";
import { addressOf } from "#lib/http/operation.ts";
import { exportQuotas, listQuotas, quotaHistory, setQuota, summarizeQuotas } from "#lib/quota/api.ts";
import type { QuotaPersonView, SetQuotaInput } from "#lib/quota/schema.ts";
import type { QuotaSort, QuotaState } from "#lib/quota/values.ts";

/** Over how many days the figures go at first. */
export const usualDays = 30;

export interface QuotaFilters {
  q: string;
  /** None for all. */
  tier?: string;
  state: QuotaState;
  sort: QuotaSort;
}
export const everybody: QuotaFilters = { q: "", state: "all", sort: "storage" };

const listsKey = ["admin", "quotas", "list"];
export const quotaListKey = (filters: QuotaFilters) => [...listsKey, filters];

export const quotaListQuery = (filters: QuotaFilters) =>
  infiniteQueryOptions({
    queryKey: quotaListKey(filters),
    queryFn: ({ pageParam: cursor, signal }) => call(listQuotas, { query: { ...filters, cursor }, signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

export const quotaSummaryQuery = (days: number) =>
  queryOptions({
    queryKey: ["admin", "quotas", "summary", days],
    queryFn: ({ signal }) => call(summarizeQuotas, { query: { days: String(days) }, signal }),
    placeholderData: keepPreviousData,
  });

export const quotaHistoryQuery = (days: number) =>
  queryOptions({
    queryKey: ["admin", "quotas", "history", days],
    queryFn: ({ signal }) => call(quotaHistory, { query: { days: String(days) }, signal }),
    placeholderData: keepPreviousData,
  });

/** Where the file of the list is downloaded. */
export const quotaExportPath = (filters: QuotaFilters) => addressOf(exportQuotas, { query: filters });

/** Changes a person's limits; they stay where they stand in the list until it is read again. */
export function useSetQuota() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: SetQuotaInput & { id: string }) => call(setQuota, { params: { id }, body }),
    onSuccess: (person) => {
      client.setQueriesData<Pages<QuotaPersonView>>(
        { queryKey: listsKey },
        (data) =>
          data && mapPages(data, (items) => items.map((one) => (one.id === person.id ? person : one))),
      );
      void client.invalidateQueries({ queryKey: ["admin", "quotas", "summary"] });
    },
  });
}
