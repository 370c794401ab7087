"use client";
import { useQuery } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { lazyPart } from "#components/lazy-part.tsx";
import { offersQuery } from "./queries.ts";

const OffersList = lazyPart(() => import("./offers-list.tsx").then((module) => module.OffersList), "people");

const STORE = "sheaf.offers-put-aside";
const putAside = () => sessionStorage.getItem(STORE) ?? "";
const never = () => () => {};

/** Invitations into workspaces, quietly above what one came for. What is put aside comes back with the next visit. */
export function OffersNotice() {
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
  return <OffersList offers={offers} onLater={later} />;
}
