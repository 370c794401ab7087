"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { NewCollectionHotkey } from "#components/collections/new-collection-button.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { builtInRoleNames } from "#lib/authz/permissions.ts";
import type { ShareView } from "#lib/shares/schema.ts";
import { shareOrders } from "#lib/shares/values.ts";
import { type ShareFilter, everyShare, shareGiversQuery, shareListQuery, useHideShare } from "./queries.ts";
import { ShareRow } from "./share-row.tsx";

/** What others have opened to the reader: by whom, when, with which role, through what. Filters stay in the address. */
export function SharedPage({ initialFilter }: { initialFilter: ShareFilter }) {
  const t = useTranslations("shares");
  const shell = useTranslations("shell");
  const [filter, setFilter] = useState(initialFilter);
  const heading = useRef<HTMLHeadingElement>(null);
  function choose(next: Partial<ShareFilter>) {
    const chosen = { ...filter, ...next };
    setFilter(chosen);
    const query = new URLSearchParams();
    for (const name of ["type", "by", "role"] as const) if (chosen[name]) query.set(name, chosen[name]);
    if (chosen.sort !== "newest") query.set("sort", chosen.sort);
    if (chosen.hidden) query.set("hidden", "true");
    const text = query.toString();
    window.history.replaceState(null, "", text ? `?${text}` : window.location.pathname);
  }
  return (
    <Page breadcrumb={<Breadcrumb crumbs={[{ label: shell("shared") }]} />}>
      <NewCollectionHotkey />
      <h1 ref={heading} tabIndex={-1} className="mb-4 font-serif text-xl font-medium outline-none">
        {t(filter.hidden ? "hiddenTitle" : "title")}
      </h1>
      <Filters filter={filter} onChoose={choose} />
      <List filter={filter} onChoose={choose} onListGone={() => heading.current?.focus()} />
    </Page>
  );
}

interface FiltersProps {
  filter: ShareFilter;
  onChoose: (next: Partial<ShareFilter>) => void;
}

function Filters({ filter, onChoose }: FiltersProps) {
  const t = useTranslations("shares");
  const givers = useQuery(shareGiversQuery());
  const people = givers.data?.items ?? [];
  const by = people.some(({ id }) => id === filter.by) ? filter.by : undefined;
  return (
    <div role="group" aria-label={t("filters")} className="mb-4 flex flex-wrap items-center gap-2">
      <Select
        aria-label={t("type")}
        value={filter.type ?? "all"}
        onValueChange={(type) => onChoose({ type: type === "all" ? undefined : type })}
        options={(["all", "collection", "document"] as const).map((value) => ({
          value,
          label: t(`typeChoices.${value}`),
        }))}
      />
      <Select
        aria-label={t("person")}
        value={by ?? "all"}
        onValueChange={(id) => onChoose({ by: id === "all" ? undefined : id })}
        options={[
          { value: "all", label: t("anybody") },
          ...people.map(({ id, name }) => ({ value: id, label: name || t("somebody") })),
        ]}
        className="max-w-48"
      />
      <Select
        aria-label={t("role")}
        value={filter.role ?? "all"}
        onValueChange={(role) => onChoose({ role: role === "all" ? undefined : role })}
        options={(["all", ...builtInRoleNames.toReversed()] as const).map((value) => ({
          value,
          label: value === "all" ? t("anyRole") : t(`roles.${value}`),
        }))}
      />
      <Select
        aria-label={t("sort")}
        value={filter.sort}
        onValueChange={(sort) => onChoose({ sort })}
        options={shareOrders.map((value) => ({ value, label: t(`orders.${value}`) }))}
      />
      <span className="flex-1" />
      <Button variant="ghost" onClick={() => onChoose({ hidden: !filter.hidden })}>
        {t(filter.hidden ? "backToList" : "showHidden")}
      </Button>
    </div>
  );
}

function List({ filter, onChoose, onListGone }: FiltersProps & { onListGone: () => void }) {
  const t = useTranslations("shares");
  const shell = useTranslations("shell");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const query = useInfiniteQuery(shareListQuery(filter));
  const list = useRef<HTMLUListElement>(null);
  const { mutateAsync: hide } = useHideShare();
  const items = itemsOf(query.data);
  const failed = (error: unknown) => notify.failed(textOf(error));

  async function change(share: ShareView) {
    const { type, id, name, isHidden } = share;
    const row = [...(list.current?.children ?? [])].find((line) => line.querySelector(`a[href$="${id}"]`));
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    try {
      await hide({ type, id, isHidden: !isHidden });
    } catch (error) {
      return failed(error);
    }
    // the line goes, and with it the button that was pressed
    const button = next?.querySelector("button");
    if (button) button.focus();
    else onListGone();
    notify.done(t(isHidden ? "shown" : "hidden", { name }), {
      undo: {
        label: common("undo"),
        onUndo: () => void hide({ type, id, isHidden }).catch(failed),
      },
    });
  }
  if (query.isPending) return <Lines />;
  if (query.isError && !query.data)
    return <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />;
  if (items.length === 0) {
    const isFiltered = Boolean(filter.type ?? filter.by ?? filter.role);
    if (isFiltered)
      return (
        <EmptyState
          icon={<Users />}
          title={t("noMatch.title")}
          text={t("noMatch.text")}
          action={
            <Button
              onClick={() => onChoose({ ...everyShare, type: undefined, by: undefined, role: undefined })}
            >
              {t("clear")}
            </Button>
          }
        />
      );
    const which = filter.hidden ? "noneHidden" : "none";
    return <EmptyState icon={<Users />} title={t(`${which}.title`)} text={t(`${which}.text`)} />;
  }
  return (
    <div className="@container">
      <ul ref={list} aria-label={shell("shared")} className="border-line border-t">
        {items.map((share) => (
          // not drawn while it is out of sight
          <li
            key={`${share.type} ${share.id}`}
            className="[contain-intrinsic-size:auto_3.5rem] [content-visibility:auto]"
          >
            <ShareRow share={share} onHide={(one) => void change(one)} />
          </li>
        ))}
      </ul>
      <LoadMore query={query} list={list} className="mt-4 text-center" />
    </div>
  );
}

function Lines() {
  return (
    <div aria-busy className="border-line border-t">
      {["w-56", "w-40", "w-64", "w-48", "w-52"].map((width) => (
        <div key={width} className="border-line flex min-h-14 items-center gap-3 border-b px-2">
          <Skeleton className="h-9 w-7" />
          <Skeleton className={`h-4 max-w-full ${width}`} />
        </div>
      ))}
    </div>
  );
}
