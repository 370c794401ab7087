"use client";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import { mapPages, type Pages } from "#components/list-pages.ts";
import { useErrorText } from "#components/use-error-text.ts";
import { notify } from "#components/ui/toast.tsx";

/** Takes an item out of a list at once and off the server; it comes back, with the reason said, when that fails. */
export function useRemoval<Item extends { id: string }>(
  key: QueryKey,
  path: string,
  doneText: (item: Item) => string,
) {
  const client = useQueryClient();
  const textOf = useErrorText();
  return useMutation({
    mutationFn: (item: Item) => api(`${path}/${item.id}`, { method: "DELETE" }),
    async onMutate(item) {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData<Pages<Item>>(key);
      client.setQueryData<Pages<Item>>(
        key,
        (data) => data && mapPages(data, (items) => items.filter(({ id }) => id !== item.id)),
      );
      return { before };
    },
    onError(error, _item, context) {
      client.setQueryData(key, context?.before);
      notify.failed(textOf(error));
    },
    onSuccess: (_answer, item) => notify.done(doneText(item)),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
