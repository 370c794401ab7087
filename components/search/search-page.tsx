"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { BookMarked, Search, SearchX, UserRound, X } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { collectionListQuery } from "#components/collections/queries.ts";
import { Thumbnail } from "#components/documents/thumbnail.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { SearchHit } from "#lib/search/schema.ts";
import { MOST_QUERY_CHARACTERS, searchTypes } from "#lib/search/values.ts";
import { hrefOf, idOf } from "./hits.ts";
import { Marked } from "./marked.tsx";
import type { Asked } from "./queries.ts";
import { useSearch, useSettled } from "./use-search.ts";

/** A page of results with passages. What is asked comes from the address and stands in it while it changes. */
export function SearchPage() {
  const t = useTranslations("search");
  const params = useSearchParams();
  const [text, setText] = useState(params.get("q") ?? "");
  const type = searchTypes.find((one) => one === params.get("type")) ?? null;
  const collectionId = params.get("collectionId");
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);

  const q = useSettled(text.trim(), 150);
  const asked: Asked = { q, type, collectionId };
  const { query, hits, isClose, isSearching, isOld } = useSearch(asked, 10);
  const show = (next: Partial<Asked>) => {
    const wanted = { ...asked, q: text.trim(), ...next };
    const search = new URLSearchParams(
      Object.entries(wanted).filter((entry): entry is [string, string] => Boolean(entry[1])),
    );
    history.replaceState(null, "", search.size > 0 ? `/search?${search}` : "/search");
  };
  useEffect(() => {
    if (q === text.trim() && q !== (params.get("q") ?? "")) show({ q });
  });

  const hasFilters = type !== null || collectionId !== null;
  return (
    <Page breadcrumb={<Breadcrumb crumbs={[{ label: t("title") }]} />}>
      <h1 className="sr-only">{t("title")}</h1>
      <form role="search" onSubmit={(event) => event.preventDefault()} className="mx-auto max-w-200">
        <div className="relative">
          <Search
            aria-hidden
            className="text-ink-faint pointer-events-none absolute top-1/2 left-3.5 size-4.5 -translate-y-1/2"
          />
          <Input
            ref={field}
            id="search-field"
            type="text"
            aria-label={t("field")}
            placeholder={t("field")}
            autoFocus={text === ""}
            autoComplete="off"
            enterKeyHint="search"
            maxLength={MOST_QUERY_CHARACTERS}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="text-md h-11 pr-11 pl-10.5 pointer-coarse:h-12"
          />
          {text !== "" && (
            <span className="absolute top-1/2 right-1.5 -translate-y-1/2">
              <IconButton
                label={t("clear")}
                icon={<X />}
                hasTooltip={false}
                onClick={() => {
                  setText("");
                  field.current?.focus();
                }}
              />
            </span>
          )}
        </div>
        <Filters asked={asked} onChange={show} />
      </form>
      <div className="mx-auto mt-6 max-w-200">
        <p role="status" className="text-ink-muted mb-2 min-h-5 text-sm">
          {told()}
        </p>
        {results()}
      </div>
    </Page>
  );

  function told(): string {
    if (q === "") return "";
    if (hits.length === 0) return isSearching ? t("searching") : "";
    if (isClose) return t("close");
    return query.hasNextPage ? t("countMore", { count: hits.length }) : t("count", { count: hits.length });
  }

  function results() {
    if (q === "") return <EmptyState icon={<Search />} title={t("empty.title")} text={t("empty.text")} />;
    if (query.isError && hits.length === 0)
      return <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />;
    if (hits.length === 0 && isSearching) return <Waiting />;
    if (hits.length === 0)
      return (
        <EmptyState
          icon={<SearchX />}
          title={t("none.title", { query: q })}
          text={hasFilters ? t("none.filtered") : t("none.text")}
          action={
            hasFilters && (
              <Button onClick={() => show({ type: null, collectionId: null })}>
                {t("none.clearFilters")}
              </Button>
            )
          }
        />
      );
    return (
      <>
        <ul
          ref={list}
          aria-label={t("list")}
          aria-busy={isOld}
          className={cn(
            "divide-line border-line divide-y border-y transition-opacity",
            isOld && "opacity-70",
          )}
        >
          {hits.map((hit) => (
            <Line key={idOf(hit)} hit={hit} />
          ))}
        </ul>
        <LoadMore query={query} list={list} className="mt-6 text-center" />
      </>
    );
  }
}

/** What kind of thing, and where. */
function Filters({ asked, onChange }: { asked: Asked; onChange: (next: Partial<Asked>) => void }) {
  const t = useTranslations("search.filters");
  const collections = useInfiniteQuery(collectionListQuery("all"));
  const listed = itemsOf(collections.data).map(({ id, name }) => ({ value: id, label: name }));
  const labels = {
    collection: t("collections"),
    pdf: t("pdf"),
    image: t("image"),
    table: t("table"),
    text: t("text"),
    person: t("person"),
  };
  return (
    <div role="group" aria-label={t("label")} className="mt-3 flex flex-wrap gap-2">
      <Select
        aria-label={t("type")}
        value={asked.type ?? "all"}
        onValueChange={(type) => onChange({ type: type === "all" ? null : type })}
        options={[
          { value: "all", label: t("allTypes") },
          ...searchTypes.map((value) => ({ value, label: labels[value] })),
        ]}
        className="max-sm:flex-1"
      />
      <Select
        aria-label={t("collection")}
        value={asked.collectionId ?? "all"}
        onValueChange={(id) => onChange({ collectionId: id === "all" ? null : id })}
        options={[
          { value: "all", label: t("allCollections") },
          ...listed,
          // one that is not among the newest
          ...(asked.collectionId && !listed.some(({ value }) => value === asked.collectionId)
            ? [{ value: asked.collectionId, label: t("collection") }]
            : []),
        ]}
        className="max-w-72 min-w-0 max-sm:flex-1"
      />
    </div>
  );
}

function Waiting() {
  return (
    <div aria-busy className="divide-line border-line divide-y border-y">
      {["w-2/5", "w-1/2", "w-1/3"].map((width) => (
        <div key={width} className="flex gap-4 px-2 py-4">
          <Skeleton className="h-9 w-7" />
          <div className="flex flex-1 flex-col gap-2.5">
            <Skeleton className={`h-4 ${width}`} />
            <Skeleton className="h-3 w-4/5" />
          </div>
        </div>
      ))}
    </div>
  );
}

function Line({ hit }: { hit: SearchHit }) {
  const t = useTranslations("search");
  const icon =
    "border-line bg-surface text-ink-muted grid size-8 place-items-center rounded-md border [&_svg]:size-4";
  return (
    <li className="hover:bg-hover relative flex items-start gap-4 px-2 py-3.5 transition-colors">
      <span aria-hidden className="grid w-8 shrink-0 justify-items-center pt-0.5">
        {hit.kind === "document" ? (
          <Thumbnail document={hit.document} size="sm" />
        ) : (
          <span className={icon}>{hit.kind === "collection" ? <BookMarked /> : <UserRound />}</span>
        )}
      </span>
      <div className="min-w-0 flex-1">
        {/* the link's area is the whole line */}
        <Link
          href={hrefOf(hit)}
          prefetch={false}
          className="font-medium wrap-anywhere after:absolute after:inset-0"
        >
          <Marked
            marked={
              hit.kind === "document"
                ? hit.document.name
                : hit.kind === "collection"
                  ? hit.collection.name
                  : hit.person.name
            }
          />
        </Link>
        <p className="text-ink-muted flex flex-wrap gap-x-1.5 text-sm">{facts()}</p>
        {hit.kind === "document" && hit.passage && (
          <p className="mt-1 font-serif wrap-anywhere">
            <Marked marked={hit.passage} />
          </p>
        )}
      </div>
    </li>
  );

  function facts() {
    if (hit.kind === "collection") return t("ownedBy", { name: hit.collection.ownerName });
    if (hit.kind === "person") return hit.person.email;
    const { document, page } = hit;
    return (
      <>
        {document.collection.name && <span className="truncate">{document.collection.name}</span>}
        {document.collection.name && <span aria-hidden>·</span>}
        {page !== null && (
          <>
            <span>{t("page", { page })}</span>
            <span aria-hidden>·</span>
          </>
        )}
        <RelativeTime value={document.updatedAt} />
      </>
    );
  }
}
