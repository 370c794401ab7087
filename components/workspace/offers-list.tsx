"use client";
import { useTranslations } from "next-intl";
import type { OfferView } from "#lib/workspaces/schema.ts";
import { OfferCard } from "./offer-card.tsx";

interface OffersListProps {
  offers: readonly OfferView[];
  onLater: (id: string) => void;
}

/** Invitations into workspaces, each to be accepted, declined or put aside. */
export function OffersList({ offers, onLater }: OffersListProps) {
  const t = useTranslations("people.offer");
  return (
    <section aria-label={t("title")} className="mb-8 flex flex-col gap-3">
      {offers.map((offer) => (
        <OfferCard key={offer.id} offer={offer} onLater={() => onLater(offer.id)} />
      ))}
    </section>
  );
}
