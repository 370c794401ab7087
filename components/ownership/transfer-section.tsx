"use client";
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { type FormEvent, useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { Problem } from "#components/sharing/problem.tsx";
import { Avatar } from "#components/ui/avatar.tsx";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { formatDate } from "#lib/i18n/format.ts";
import type { TransferView } from "#lib/ownership/schema.ts";
import { possibleOwnersQuery, useOffer, waitingTransferQuery } from "./queries.ts";

type Collection = Pick<CollectionView, "id" | "name" | "owner">;

/**
 * Hands a collection over to somebody else: whom, what that means, and the offer while it waits. For its owner; the others
 * are told whose it is to do.
 */
export function TransferSection({ collection }: { collection: Collection }) {
  const t = useTranslations("ownership.offer");
  const waiting = useQuery(waitingTransferQuery(collection.id));
  if (waiting.isPending) return <Skeleton className="h-24 w-full" />;
  if (!waiting.data)
    return <ErrorState error={waiting.error} onRetry={() => void waiting.refetch()} title={t("failed")} />;
  const { canOffer, transfer } = waiting.data;
  if (!canOffer) return <p className="text-ink-muted">{t("notYours", { owner: collection.owner.name })}</p>;
  return transfer ? <Waiting transfer={transfer} /> : <OfferForm collection={collection} />;
}

/** From so many people on they are looked for by name. */
const searchedFrom = 8;

function OfferForm({ collection }: { collection: Collection }) {
  const t = useTranslations("ownership.offer");
  const name = useId();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const q = useDeferredValue(typed.trim());
  const people = useQuery(possibleOwnersQuery(collection.id, q));
  const { offer } = useOffer(collection.id);
  const items = people.data?.items ?? [];
  const isSearched = q !== "" || items.length >= searchedFrom;
  const isChosen = items.some(({ email }) => email === chosen);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (chosen && isChosen && !offer.isPending) offer.mutate(chosen);
  }
  if (people.isPending) return <Skeleton className="h-24 w-full" />;
  if (!people.data)
    return <ErrorState error={people.error} onRetry={() => void people.refetch()} title={t("failed")} />;
  if (items.length === 0 && !isSearched) return <p className="text-ink-muted text-pretty">{t("nobody")}</p>;
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <ul className="text-ink-muted list-disc space-y-1 pl-5 text-pretty">
        {(["keeps", "yours", "theirs"] as const).map((what) => (
          <li key={what}>{t(what)}</li>
        ))}
      </ul>
      <fieldset>
        <legend className="mb-2 text-sm font-semibold">{t("whom")}</legend>
        {isSearched && <SearchField label={t("find")} value={typed} onChange={setTyped} className="mb-2" />}
        {items.length === 0 && <p className="text-ink-muted py-2">{t("noMatch")}</p>}
        <div className="max-h-64 overflow-y-auto">
          {items.map((person) => (
            <label
              key={person.id}
              className="hover:bg-hover has-checked:bg-accent-soft/50 flex min-h-11 items-center gap-3 rounded-md px-2 py-1"
            >
              <input
                type="radio"
                name={name}
                checked={person.email === chosen}
                onChange={() => setChosen(person.email)}
                className="accent-accent size-4 shrink-0"
              />
              <Avatar id={person.id} name={person.name} />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{person.name}</span>
                <span className="text-ink-muted block truncate text-sm">{person.email}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {offer.error && <Problem error={offer.error} />}
      <div>
        <Button type="submit" variant="primary" disabled={!isChosen} isBusy={offer.isPending}>
          {t("submit")}
        </Button>
      </div>
    </form>
  );
}

/** An offer that waits for its answer, which can be taken back. */
function Waiting({ transfer }: { transfer: TransferView }) {
  const t = useTranslations("ownership.offer");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { withdraw } = useOffer(transfer.collection.id);
  const line = useRef<HTMLParagraphElement>(null);
  // the form that was sent is gone
  useEffect(() => {
    if (document.activeElement === document.body) line.current?.focus();
  }, []);
  return (
    <div className="bg-sunken flex items-start gap-3 rounded-lg p-4">
      <Avatar id={transfer.to.id} name={transfer.to.name} />
      <div className="min-w-0 flex-1">
        <p ref={line} tabIndex={-1} role="status" className="font-medium wrap-anywhere outline-none">
          {t("waits", { name: transfer.to.name })}
        </p>
        <p className="text-ink-muted mt-1 text-sm text-pretty">
          {t("waitsUntil", { date: formatDate(transfer.expiresAt, { locale, timeZone }) })}
        </p>
        {withdraw.error && <Problem error={withdraw.error} className="mt-2" />}
        <Button
          size="sm"
          className="mt-3"
          isBusy={withdraw.isPending}
          onClick={() => withdraw.mutate(transfer.id)}
        >
          {t("withdraw")}
        </Button>
      </div>
    </div>
  );
}
