import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "#components/call.ts";
import { invalidateKinds } from "#components/invalidate.ts";
import {
  acceptTransfer,
  declineTransfer,
  findTransferOf,
  getTransfer,
  listPossibleOwners,
  offerTransfer,
  withdrawTransfer,
} from "#lib/ownership/api.ts";

export const transferKey = (id: string) => ["transfers", "detail", id] as const;
export const transferQuery = (id: string) =>
  queryOptions({
    queryKey: transferKey(id),
    queryFn: ({ signal }) => call(getTransfer, { params: { id }, signal }),
  });

/** Whether the reader could offer a collection, and what they offer by now. */
export const waitingTransferQuery = (collectionId: string) =>
  queryOptions({
    queryKey: ["transfers", "of", collectionId] as const,
    queryFn: ({ signal }) => call(findTransferOf, { params: { id: collectionId }, signal }),
  });

export const possibleOwnersQuery = (collectionId: string, q: string) =>
  queryOptions({
    queryKey: ["transfers", "owners", collectionId, q] as const,
    queryFn: ({ signal }) =>
      call(listPossibleOwners, { params: { id: collectionId }, query: q ? { q } : undefined, signal }),
    placeholderData: keepPreviousData,
  });

/** Offers a collection, and takes that back. */
export function useOffer(collectionId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ["transfers"] });
  const offer = useMutation({
    mutationFn: (email: string) => call(offerTransfer, { params: { id: collectionId }, body: { email } }),
    onSettled,
  });
  const withdraw = useMutation({
    mutationFn: (id: string) => call(withdrawTransfer, { params: { id } }),
    onSettled,
  });
  return { offer, withdraw };
}

/** Answers an offer. Everything that shows whose the collection is catches up. */
export function useAnswerTransfer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answer: "accept" | "decline") =>
      call(answer === "accept" ? acceptTransfer : declineTransfer, { params: { id } }),
    onSettled: () =>
      invalidateKinds(client, ["transfers", "collections", "documents", "grants", "access", "quota"]),
  });
}
