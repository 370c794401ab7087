import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError, isRefusal } from "#components/api-error.ts";
import { call } from "#components/call.ts";
import { collectionKey } from "#components/collections/queries.ts";
import { changeLists, documentKey } from "#components/documents/queries.ts";
import { invalidateKinds } from "#components/invalidate.ts";
import type { Permission } from "#lib/authz/permissions.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import type { DocumentDetailView } from "#lib/documents/schema.ts";
import type { Page } from "#lib/http/schema.ts";
import { listRoles } from "#lib/roles/api.ts";
import type { SimulateInput } from "#lib/sharing/access-schema.ts";
import {
  getVisibility,
  onResource,
  setAccessMode,
  setVisibility,
  suggestSubjects,
} from "#lib/sharing/api.ts";
import type { AccessMode, GrantView, SetVisibilityInput } from "#lib/sharing/schema.ts";
import { builtInRole, type RoleChoice } from "./role-choice.ts";
import { type SharedThing } from "./shared-thing.ts";

type Ref = Pick<SharedThing, "type" | "id">;
type List = Page<GrantView>;

const grantsKey = ({ type, id }: Ref) => ["grants", type, id] as const;

/** The grants on the thing itself, invitations included; one page. */
export const grantsQuery = (ref: Ref) =>
  queryOptions({
    queryKey: grantsKey(ref),
    queryFn: ({ signal }) => call(onResource[ref.type].listGrants, { params: { id: ref.id }, signal }),
  });

/** The roles that can be given in the reader's workspace. */
export const rolesQuery = () =>
  queryOptions({
    queryKey: ["roles"],
    queryFn: ({ signal }) => call(listRoles, { signal }),
    staleTime: 60_000,
  });

/** People and groups with this text in their name or address. */
export const subjectsQuery = (q: string) =>
  queryOptions({
    queryKey: ["subjects", q.toLowerCase()],
    queryFn: ({ signal }) => call(suggestSubjects, { query: { q }, signal }),
    staleTime: 30_000,
  });

/** The first page of who has access, as it is now. */
export const readAccess = (ref: Ref) => call(onResource[ref.type].listAccess, { params: { id: ref.id } });

/** Who would lose what, were a grant taken away or another access mode chosen. */
export const simulationQuery = (ref: Ref, body: SimulateInput) =>
  queryOptions({
    queryKey: ["access", ref.type, ref.id, "simulation", body],
    queryFn: ({ signal }) => call(onResource[ref.type].simulate, { params: { id: ref.id }, body, signal }),
    // asked for when the menu opens, used when something in it is chosen
    staleTime: 5000,
    retry: false,
  });

async function changeList(
  client: QueryClient,
  ref: Ref,
  change: (items: GrantView[]) => GrantView[],
): Promise<void> {
  await client.cancelQueries({ queryKey: grantsKey(ref) });
  client.setQueryData<List>(grantsKey(ref), (list) => list && { ...list, items: change(list.items) });
}

/**
 * Everything that shows who has access catches up, once the last change under way has been answered. The thing itself
 * comes first: it tells whether the reader, who may have changed their own role, may still see the rest.
 */
export async function refreshAccess(client: QueryClient, ref: Ref): Promise<void> {
  if (client.isMutating({ mutationKey: grantsKey(ref) }) > 1) return;
  await client.invalidateQueries({ queryKey: [`${ref.type}s`] });
  void client.invalidateQueries({ queryKey: grantsKey(ref) });
  void client.invalidateQueries({ queryKey: ["access"] });
  // which of them are open hangs on the mode and on protection
  void client.invalidateQueries({ queryKey: ["links", ref.type, ref.id] });
}

/** What the reader may do, by what is known of the thing now; undefined until it was asked for, null where they are refused. */
function abilitiesNow(client: QueryClient, { type, id }: Ref) {
  const state = client.getQueryState<CollectionView | DocumentDetailView>(
    type === "collection" ? collectionKey(id) : documentKey(id),
  );
  return isRefusal(state?.error) ? null : state?.data?.abilities;
}

/** Whether the reader may see the grants; as it was when the page was drawn until that is known. */
export function seesGrants(client: QueryClient, thing: SharedThing): boolean {
  const abilities = abilitiesNow(client, thing);
  if (abilities === undefined) return thing.canSeeGrants;
  return abilities !== null && (abilities.canShare || abilities.canEdit);
}

/** Whether the reader manages who has access; as it was when the page was drawn until that is known. */
export function managesAccess(client: QueryClient, thing: SharedThing): boolean {
  const abilities = abilitiesNow(client, thing);
  return abilities === undefined ? thing.canShare : abilities !== null && abilities.canShare;
}

/** Whom a grant is for, in the words the API takes. */
export type Subject = { email: string } | { group: NonNullable<GrantView["group"]> };
export const subjectKey = (subject: Subject): string =>
  "group" in subject ? subject.group.id : subject.email.trim().toLowerCase();
export const subjectOf = ({ group, email }: GrantView): Subject => (group ? { group } : { email: email! });
export const grantSubjectKey = (grant: GrantView): string => subjectKey(subjectOf(grant));

export interface NewGrant {
  subject: Subject;
  role: RoleChoice;
  expiresAt: string | null;
  /** False: no letter to the address. */
  notify?: boolean;
  /** What the letter says beside that. */
  message?: string | undefined;
  /** What is given back: it shows as it was until the list is read again. */
  was?: GrantView;
}

/** The mark of a row that the server has not answered for yet. */
export const isProvisional = ({ id }: Pick<GrantView, "id">): boolean => id.startsWith("new:");
const provisionalId = (subject: Subject): string => `new:${subjectKey(subject)}`;
/** A grant as it shows while it is given back. */
export const asProvisional = (grant: GrantView): GrantView => ({
  ...grant,
  id: provisionalId(subjectOf(grant)),
});

const provisional = ({ subject, role, expiresAt, was }: NewGrant): GrantView => ({
  subjectType: "group" in subject ? "group" : "user",
  email: "email" in subject ? subject.email : null,
  name: "group" in subject ? subject.group.name : null,
  userId: null,
  group: "group" in subject ? subject.group : null,
  role: role.isBuiltIn ? role.key : role.label,
  roleId: role.key,
  permissions: role.permissions,
  isPending: "email" in subject,
  isOwner: false,
  isYou: false,
  isExternal: false,
  grantedBy: null,
  grantedAt: new Date().toISOString(),
  expiresAt,
  letterAt: null,
  message: null,
  ...was,
  id: provisionalId(subject),
});

const roleBody = ({ key, isBuiltIn }: RoleChoice) => (isBuiltIn ? { role: key } : { roleId: key });

/** Gives access. The row shows at once; when it is refused it goes again, and what stood in its place is back. */
export function useAddGrant(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: grantsKey(ref),
    mutationFn: ({ subject, role, expiresAt, notify, message }: NewGrant) =>
      call(onResource[ref.type].grant, {
        params: { id: ref.id },
        body: {
          ...("group" in subject ? { groupId: subject.group.id } : { email: subject.email }),
          ...roleBody(role),
          expiresAt,
          notify,
          message: message || undefined,
        },
      }),
    async onMutate(grant) {
      const isTheirs = (item: GrantView) => grantSubjectKey(item) === subjectKey(grant.subject);
      const replaced = client.getQueryData<List>(grantsKey(ref))?.items.filter(isTheirs) ?? [];
      await changeList(client, ref, (items) => [
        ...items.filter((item) => !isTheirs(item)),
        provisional(grant),
      ]);
      return replaced;
    },
    onError: (_error, grant, replaced = []) =>
      changeList(client, ref, (items) =>
        items.flatMap((item) => (item.id === provisionalId(grant.subject) ? replaced : [item])),
      ),
    onSettled: () => void refreshAccess(client, ref),
  });
}

export interface GrantChange {
  role?: RoleChoice;
  expiresAt?: string | null;
}

/** Changes role or end at once, and back when refused. */
export function useChangeGrant(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: grantsKey(ref),
    mutationFn: ({ grant, change: { role, ...end } }: { grant: GrantView; change: GrantChange }) =>
      call(onResource[ref.type].changeGrant, {
        params: { id: ref.id, collaboratorId: grant.id },
        body: { ...end, ...(role && roleBody(role)) },
      }),
    onMutate: ({ grant, change }) =>
      changeList(client, ref, (items) =>
        items.map((item) => (item.id === grant.id ? changed(item, change) : item)),
      ),
    onError: (_error, { grant }) =>
      changeList(client, ref, (items) => items.map((item) => (item.id === grant.id ? grant : item))),
    onSettled: () => void refreshAccess(client, ref),
  });
}

const changed = (grant: GrantView, { role, expiresAt }: GrantChange): GrantView => ({
  ...grant,
  ...(role && {
    role: role.isBuiltIn ? role.key : role.label,
    roleId: role.isBuiltIn ? grant.roleId : role.key,
    permissions: role.permissions,
  }),
  expiresAt: expiresAt === undefined ? grant.expiresAt : expiresAt,
});

interface Removal {
  grant: GrantView;
  /** It is the reader's own, and nothing else lets them in. */
  isLeaving?: boolean;
}

/**
 * Takes access away. The row stays until the list is read again, so that the dialog can offer to undo in its place.
 * What is gone already counts as done.
 */
export function useRemoveGrant(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: grantsKey(ref),
    mutationFn: async ({ grant }: Removal) => {
      try {
        await call(onResource[ref.type].revoke, { params: { id: ref.id, collaboratorId: grant.id } });
      } catch (error) {
        if (!(error instanceof ApiError && error.code === "not_found")) throw error;
      }
    },
    onSettled: (_answer, error, { isLeaving }) => {
      if (!isLeaving || error) return void refreshAccess(client, ref);
      invalidateKinds(client, ["collections", "documents", "grants", "access"], [ref.id]);
    },
  });
}

/** Gives up grants of the reader's own; `isGone` where nothing else lets them in. What is gone already counts as done. */
export function useLeave(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: grantsKey(ref),
    mutationFn: async ({ grantIds }: { grantIds: readonly string[]; isGone: boolean }) => {
      for (const collaboratorId of grantIds) {
        try {
          await call(onResource[ref.type].revoke, { params: { id: ref.id, collaboratorId } });
        } catch (error) {
          if (!(error instanceof ApiError && error.code === "not_found")) throw error;
        }
      }
    },
    onSettled: (_answer, error, { isGone }) => {
      if (!isGone || error) return void refreshAccess(client, ref);
      invalidateKinds(client, ["collections", "documents", "grants", "access"], [ref.id]);
    },
  });
}

/** Sends the letter of somebody who has not been here yet again. */
export function useResendLetter(ref: Ref) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (grant: GrantView) =>
      call(onResource[ref.type].resendLetter, { params: { id: ref.id, collaboratorId: grant.id } }),
    onSettled: () => void refreshAccess(client, ref),
  });
}

/** The role of a grant, to give it again. */
export function roleOfGrant({ role, roleId, permissions }: GrantView): RoleChoice {
  const builtIn = builtInRole(role);
  return builtIn ?? { key: roleId, label: role, description: "", permissions, isBuiltIn: false };
}

/** Whether a role takes something away from whoever has these permissions. */
export const isLess = (next: readonly Permission[], before: readonly Permission[]): boolean =>
  before.some((permission) => !next.includes(permission));

/** How far a collection is open, and whether it is protected. */
export const visibilityQuery = (id: string) =>
  queryOptions({
    queryKey: ["collections", "visibility", id],
    queryFn: ({ signal }) => call(getVisibility, { params: { id }, signal }),
  });

/** Opens or closes a collection at once, and back when refused. */
export function useSetVisibility(id: string) {
  const client = useQueryClient();
  const key = visibilityQuery(id).queryKey;
  return useMutation({
    mutationFn: (input: SetVisibilityInput) => call(setVisibility, { params: { id }, body: input }),
    async onMutate(input) {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData(key);
      client.setQueryData(key, (shown) => shown && { ...shown, ...input });
      return { before };
    },
    onError: (_error, _input, context) => client.setQueryData(key, context?.before),
    onSettled: () => void refreshAccess(client, { type: "collection", id }),
  });
}

/** Sets where a document takes its people from, at once; back when refused. */
export function useSetAccessMode(id: string) {
  const client = useQueryClient();
  const show = (mode: AccessMode) => {
    client.setQueryData<DocumentDetailView>(
      documentKey(id),
      (shown) => shown && { ...shown, accessMode: mode },
    );
    changeLists(client, (items) =>
      items.map((item) => (item.id === id ? { ...item, accessMode: mode } : item)),
    );
  };
  return useMutation({
    mutationFn: ({ mode }: { mode: AccessMode; before: AccessMode }) =>
      call(setAccessMode, { params: { id }, body: { mode } }),
    onMutate: ({ mode }) => show(mode),
    onError: (_error, { before }) => show(before),
    onSettled: () => void refreshAccess(client, { type: "document", id }),
  });
}
