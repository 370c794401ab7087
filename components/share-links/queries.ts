import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "#components/api-error.ts";
import { call } from "#components/call.ts";
import { asBefore } from "#components/list-pages.ts";
import { refreshAccess } from "#components/sharing/queries.ts";
import type { SharedThing } from "#components/sharing/shared-thing.ts";
import type { Page } from "#lib/http/schema.ts";
import { changeLink, linksOn, regenerateLink, revokeLink } from "#lib/links/api.ts";
import type { ChangeLinkInput, LinkView } from "#lib/links/schema.ts";
import { changedLink } from "./change.ts";

type Ref = Pick<SharedThing, "type" | "id">;
type List = Page<LinkView>;

export const linksKey = ({ type, id }: Ref) => ["links", type, id] as const;

/** The links of the thing itself, oldest first; one page. For those who manage its access. */
export const linksQuery = (ref: Ref) =>
  queryOptions({
    queryKey: linksKey(ref),
    queryFn: ({ signal }) => call(linksOn[ref.type].listLinks, { params: { id: ref.id }, signal }),
  });

const show = (client: QueryClient, ref: Ref, change: (items: LinkView[]) => LinkView[]) =>
  client.setQueryData<List>(linksKey(ref), (list) => list && { ...list, items: change(list.items) });
const put = (link: LinkView) => (items: LinkView[]) =>
  items.map((item) => (item.id === link.id ? link : item));

/** The list catches up once the last change under way has been answered, and so does all that says who has access. */
function refresh(client: QueryClient, ref: Ref): void {
  if (client.isMutating({ mutationKey: linksKey(ref) }) > 1) return;
  void client.invalidateQueries({ queryKey: linksKey(ref) });
  void refreshAccess(client, ref);
}

/** Makes a link as links are at first: for viewers, without an end. */
export function useMakeLink(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: linksKey(ref),
    mutationFn: () => call(linksOn[ref.type].createLink, { params: { id: ref.id }, body: {} }),
    onSuccess: (made) => show(client, ref, (items) => [...items.filter(({ id }) => id !== made.id), made]),
    onSettled: () => refresh(client, ref),
  });
}

/** Changes what is named at once, and back when it is refused. */
export function useChangeLink(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: linksKey(ref),
    mutationFn: ({ link, change }: { link: LinkView; change: ChangeLinkInput }) =>
      call(changeLink, { params: { id: link.id }, body: change }),
    async onMutate({ link, change }) {
      await client.cancelQueries({ queryKey: linksKey(ref) });
      show(client, ref, put(changedLink(link, change)));
    },
    onSuccess: (link) => show(client, ref, put(link)),
    onError: (_error, { link, change }) => {
      const before = asBefore(link, changedLink(link, change));
      show(client, ref, (items) =>
        items.map((item) => (item.id === link.id ? { ...item, ...before } : item)),
      );
    },
    onSettled: () => refresh(client, ref),
  });
}

/** Gives a link another address; the old one opens nothing from then on. */
export function useRegenerateLink(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: linksKey(ref),
    mutationFn: (link: LinkView) => call(regenerateLink, { params: { id: link.id } }),
    onSuccess: (link) => show(client, ref, put(link)),
    onSettled: () => refresh(client, ref),
  });
}

/** Takes a link away at once, and puts it back in its place when that is refused. What is gone already counts as done. */
export function useRevokeLink(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: linksKey(ref),
    mutationFn: async (link: LinkView) => {
      try {
        await call(revokeLink, { params: { id: link.id } });
      } catch (error) {
        if (!(error instanceof ApiError && error.code === "not_found")) throw error;
      }
    },
    async onMutate(link) {
      await client.cancelQueries({ queryKey: linksKey(ref) });
      show(client, ref, (items) => items.filter(({ id }) => id !== link.id));
    },
    onError: (_error, link) =>
      show(client, ref, (items) =>
        // by id, which is the order in which they were made
        items.some(({ id }) => id === link.id)
          ? items
          : [...items, link].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      ),
    onSettled: () => refresh(client, ref),
  });
}
