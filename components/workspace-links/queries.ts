import { infiniteQueryOptions, keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "#components/api-error.ts";
import { call } from "#components/call.ts";
import { paging, takeOut } from "#components/list-pages.ts";
import { listWorkspaceLinks, revokeWorkspaceLink } from "#lib/links/api.ts";
import type { LinkState, WorkspaceLinkView } from "#lib/links/schema.ts";

export interface LinkFilters {
  q?: string;
  state?: LinkState;
}

const allKey = ["links", "workspace"] as const;
export const workspaceLinksKey = (filters: LinkFilters = {}) => [...allKey, filters] as const;

/** Links of the workspace, newest first. What was found before stays until the next is there. */
export const workspaceLinksQuery = (filters: LinkFilters) =>
  infiniteQueryOptions({
    queryKey: workspaceLinksKey(filters),
    queryFn: ({ pageParam: cursor, signal }) =>
      call(listWorkspaceLinks, { query: { ...filters, cursor }, signal }),
    placeholderData: keepPreviousData,
    ...paging,
  });

/** Takes the line away at once, and puts it back when that is refused. What is gone already counts as done. */
export function useRevokeWorkspaceLink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id }: WorkspaceLinkView) => {
      try {
        await call(revokeWorkspaceLink, { params: { id } });
      } catch (error) {
        if (!(error instanceof ApiError && error.code === "not_found")) throw error;
      }
    },
    onMutate: (link) => takeOut(client, allKey, [link]),
    onError: (_error, _link, putBack) => putBack?.(),
    onSettled: () => void client.invalidateQueries({ queryKey: allKey }),
  });
}
