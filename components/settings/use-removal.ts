"use client";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { takeOut } from "#components/list-pages.ts";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { revokeSession, revokeToken, unlinkIdentity } from "#lib/accounts/api.ts";

/** Takes an item out of a list at once and off the server; it comes back, with the reason said, when that fails. */
export function useRemoval<Item extends { id: string }>(
  key: QueryKey,
  operation: typeof revokeSession | typeof revokeToken | typeof unlinkIdentity,
  doneText: (item: Item) => string,
) {
  const client = useQueryClient();
  const textOf = useErrorText();
  return useMutation({
    mutationFn: ({ id }: Item) => call(operation, { params: { id } }),
    onMutate: (item) => takeOut(client, key, [item]),
    onError(error, _item, putBack) {
      putBack?.();
      notify.failed(textOf(error));
    },
    onSuccess: (_answer, item) => notify.done(doneText(item)),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
