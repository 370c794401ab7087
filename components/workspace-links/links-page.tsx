"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link2, Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useDeferredValue, useRef, useState } from "react";
import { RowsSkeleton } from "#components/groups/group-rows.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { Select } from "#components/ui/select.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { LinkState, WorkspaceLinkView } from "#lib/links/schema.ts";
import { LinkLine, useLinkedName } from "./link-line.tsx";
import { type LinkFilters, useRevokeWorkspaceLink, workspaceLinksQuery } from "./queries.ts";

const states: readonly LinkState[] = ["open", "expired", "used_up", "suspended"];

/** Every public link of the workspace, for its administrators. */
export function LinksPage() {
  const t = useTranslations("links.workspace");
  const words = useTranslations("links.states");
  const textOf = useErrorText();
  const [typed, setTyped] = useState("");
  const [state, setState] = useState<LinkState | "all">("all");
  const q = useDeferredValue(typed.trim());
  const filters: LinkFilters = { ...(q && { q }), ...(state !== "all" && { state }) };
  const query = useInfiniteQuery(workspaceLinksQuery(filters));
  const { mutate: revoke } = useRevokeWorkspaceLink();
  const [asked, setAsked] = useState<WorkspaceLinkView | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const nameOf = useLinkedName();
  const links = itemsOf(query.data);
  const isNarrowed = q !== "" || state !== "all";

  function confirm(link: WorkspaceLinkView) {
    const name = nameOf(link);
    setAsked(null);
    revoke(link, {
      onSuccess: () => notify.done(t("revoked", { name })),
      onError: (error) => notify.failed(`${t("notRevoked", { name })} ${textOf(error)}`),
    });
  }
  return (
    <SettingsFrame crumbs={[{ label: t("title") }]}>
      <h1 className="font-serif text-xl font-medium">{t("title")}</h1>
      <p className="text-ink-muted mt-1 mb-6 text-pretty">{t("intro")}</p>
      <div className="mb-3 flex flex-wrap gap-3">
        <SearchField
          label={t("find")}
          value={typed}
          onChange={setTyped}
          className="min-w-0 flex-1 basis-60"
        />
        <Select
          aria-label={t("state")}
          value={state}
          onValueChange={setState}
          options={[
            { value: "all" as const, label: t("all") },
            ...states.map((value) => ({ value, label: words(value) })),
          ]}
          className="w-48 max-sm:w-full"
        />
      </div>
      <Card className="px-5 py-1">
        <div ref={list} tabIndex={-1} className="rounded-md outline-none">
          {query.isPending ? (
            <RowsSkeleton count={5} />
          ) : query.isError && !query.data ? (
            <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
          ) : links.length === 0 ? (
            query.hasNextPage ? (
              <p className="text-ink-muted py-6 text-center">{t("searchOn")}</p>
            ) : (
              <EmptyState
                icon={isNarrowed ? <Search /> : <Link2 />}
                title={t(isNarrowed ? "noMatch" : "empty")}
                text={t(isNarrowed ? "noMatchText" : "emptyText")}
              />
            )
          ) : (
            <ul aria-label={t("list")} className="divide-line divide-y">
              {links.map((link) => (
                // those out of view cost no layout
                <li key={link.id} className="[contain-intrinsic-size:auto_4.5rem] [content-visibility:auto]">
                  <LinkLine link={link} onRevoke={() => setAsked(link)} />
                </li>
              ))}
            </ul>
          )}
        </div>
      </Card>
      <LoadMore query={query} list={list} className="mt-4 text-center" />
      {asked && (
        <AlertDialog
          isOpen
          onOpenChange={() => setAsked(null)}
          title={t("revokeTitle", { name: nameOf(asked) })}
          description={t("revokeText")}
          confirmLabel={t("revokeShort")}
          onConfirm={() => confirm(asked)}
          onFocusBack={() => focusIn(list.current, asked.id)}
        />
      )}
    </SettingsFrame>
  );
}

/** The line's own button, or the list where the line is gone. */
function focusIn(list: HTMLElement | null, id: string): void {
  const button = list?.querySelector<HTMLElement>(`[data-link="${CSS.escape(id)}"]`);
  (button ?? list)?.focus();
}
