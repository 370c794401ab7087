import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "#components/api.ts";
import type { Page } from "#lib/http/schema.ts";
import type {
  AddCollaboratorInput,
  ChangeCollaboratorInput,
  CollaboratorView as PersonView,
  GrantView,
} from "#lib/sharing/schema.ts";

/** A row of the dialog: a person, an address, or a group, which goes by its name where others have an address. */
export type CollaboratorView = PersonView & { group?: GrantView["group"] };

type List = Page<CollaboratorView>;
const keyOf = (collectionId: string) => ["collaborators", collectionId] as const;
const pathOf = (collectionId: string) => `/api/v1/collections/${collectionId}/collaborators`;

/** Everyone with access to a collection, invitations included; one page. */
export const collaboratorsQuery = (collectionId: string) =>
  queryOptions({
    queryKey: keyOf(collectionId),
    queryFn: async ({ signal }): Promise<List> => {
      const list = await api<Page<GrantView>>(pathOf(collectionId), { signal });
      const items = list.items.map((grant) => ({ ...grant, email: grant.email ?? grant.name ?? grant.id }));
      return { ...list, items: items as CollaboratorView[] };
    },
  });

async function changeList(
  client: QueryClient,
  collectionId: string,
  change: (items: CollaboratorView[]) => CollaboratorView[],
): Promise<void> {
  await client.cancelQueries({ queryKey: keyOf(collectionId) });
  client.setQueryData<List>(keyOf(collectionId), (list) => list && { ...list, items: change(list.items) });
}

/** The list and the avatars catch up once the last change under way has been answered. */
function settle(client: QueryClient, collectionId: string): void {
  if (client.isMutating({ mutationKey: keyOf(collectionId) }) > 1) return;
  void client.invalidateQueries({ queryKey: keyOf(collectionId) });
  void client.invalidateQueries({ queryKey: ["collections"] });
}

/** The mark of a row that the server has not answered for yet. */
export const isProvisional = ({ id }: Pick<CollaboratorView, "id">): boolean => id.startsWith("new:");
const provisionalId = (email: string) => `new:${email}`;

/** Adds an address. Its row shows at once as invited, and goes again when it is refused. */
export function useAddCollaborator(collectionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: keyOf(collectionId),
    mutationFn: ({ email, groupId, ...input }: AddCollaboratorInput & { groupId?: string }) =>
      api(pathOf(collectionId), {
        method: "POST",
        body: groupId ? { groupId, ...input } : { email, ...input },
      }),
    onMutate: ({ email, role, expiresAt }) =>
      changeList(client, collectionId, (items) => [
        ...items.filter((item) => item.email !== email),
        {
          id: provisionalId(email),
          email,
          name: null,
          userId: null,
          role,
          isPending: true,
          isOwner: false,
          isYou: false,
          grantedBy: null,
          grantedAt: new Date().toISOString(),
          expiresAt: expiresAt ?? null,
        },
      ]),
    onError: (_error, { email }) =>
      changeList(client, collectionId, (items) => items.filter(({ id }) => id !== provisionalId(email))),
    onSettled: () => settle(client, collectionId),
  });
}

/** Changes role or end at once, and back when refused. */
export function useChangeCollaborator(collectionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: keyOf(collectionId),
    mutationFn: ({ person, change }: { person: CollaboratorView; change: ChangeCollaboratorInput }) =>
      api(`${pathOf(collectionId)}/${person.id}`, { method: "PATCH", body: change }),
    onMutate: ({ person, change }) =>
      changeList(client, collectionId, (items) =>
        items.map((item) =>
          item.id === person.id
            ? {
                ...item,
                role: change.role ?? item.role,
                expiresAt: change.expiresAt === undefined ? item.expiresAt : change.expiresAt,
              }
            : item,
        ),
      ),
    onError: (_error, { person }) =>
      changeList(client, collectionId, (items) =>
        items.map((item) => (item.id === person.id ? person : item)),
      ),
    onSettled: () => settle(client, collectionId),
  });
}

/** Takes access away. The row stays until the list is read again, so that the dialog can offer to undo in its place. */
export function useRemoveCollaborator(collectionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: keyOf(collectionId),
    mutationFn: (person: CollaboratorView) =>
      api(`${pathOf(collectionId)}/${person.id}`, { method: "DELETE" }),
    onSettled: () => settle(client, collectionId),
  });
}
