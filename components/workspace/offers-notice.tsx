"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState, useSyncExternalStore } from "react";
import { OfferCard } from "./offer-card.tsx";
import { offersQuery } from "./queries.ts";

const STORE = "sheaf.offers-put-aside";
const putAside = () => sessionStorage.getItem(STORE) ?? "";
const never = () => () => {};

/** Invitations into workspaces, quietly above what one came for. What is put aside comes back with the next visit. */
export function OffersNotice() {
  const t = useTranslations("people.offer");
  const { data } = useQuery(offersQuery());
  // the server does not know what was put aside: nothing until this browser has said so
  const before = useSyncExternalStore(never, putAside, () => null);
  const [now, setNow] = useState<string[]>([]);
  const offers =
    before === null
      ? []
      : (data?.items ?? []).filter(({ id }) => !before.split(" ").includes(id) && !now.includes(id));
  if (offers.length === 0) return null;
  function later(id: string) {
    sessionStorage.setItem(STORE, `${putAside()} ${id}`.trim());
    setNow([...now, id]);
  }
  return (
    <section aria-label={t("title")} className="mb-8 flex flex-col gap-3">
      {offers.map((offer) => (
        <OfferCard key={offer.id} offer={offer} onLater={() => later(offer.id)} />
      ))}
    </section>
  );
}
