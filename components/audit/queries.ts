import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { paging } from "#components/list-pages.ts";
import { changeAuditSeal, exportAudit, getAuditSeal, listAudit } from "#lib/audit/api.ts";
import type { AuditFormat } from "#lib/audit/values.ts";
import { addressOf } from "#lib/http/operation.ts";

/** Whose log it is: a collection's, or that of one's workspace. */
export type AuditScope = { collectionId: string } | { workspace: "true" };

export interface AuditFilters {
  action?: string;
  actorId?: string;
  resourceId?: string;
  from?: string;
  to?: string;
}

export const auditKey = (scope: AuditScope, filters: AuditFilters = {}) =>
  ["audit", "log", scope, filters] as const;

/** Entries, newest first. What was found before stays until the next is there. */
export const auditQuery = (scope: AuditScope, filters: AuditFilters = {}) =>
  infiniteQueryOptions({
    queryKey: auditKey(scope, filters),
    queryFn: ({ pageParam: cursor, signal }) =>
      call(listAudit, { query: { ...scope, ...filters, cursor }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
    ...paging,
  });

export const auditSealQuery = () =>
  queryOptions({
    queryKey: ["audit", "seal"],
    queryFn: ({ signal }) => call(getAuditSeal, { signal }),
  });

export function useChangeAuditSeal() {
  const client = useQueryClient();
  const { queryKey } = auditSealQuery();
  return useMutation({
    mutationFn: (isMailed: boolean) => call(changeAuditSeal, { body: { isMailed } }),
    onSuccess: (seal) => client.setQueryData(queryKey, seal),
  });
}

/** Where the file of a log is downloaded. */
export const auditExportPath = (scope: AuditScope, filters: AuditFilters, format: AuditFormat) =>
  addressOf(exportAudit, { query: { ...scope, ...filters, format } });
