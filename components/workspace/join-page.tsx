"use client";
import { useQuery } from "@tanstack/react-query";
import { Building2 } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { OfferCard } from "./offer-card.tsx";
import { offersQuery } from "./queries.ts";

interface JoinPageProps {
  email: string;
  workspaceName: string;
}

/** Where the letter of an invitation leads: what waits for one's address. */
export function JoinPage({ email, workspaceName }: JoinPageProps) {
  const t = useTranslations("people.join");
  const query = useQuery(offersQuery());
  return (
    <Page breadcrumb={<Breadcrumb crumbs={[{ label: t("title") }]} />}>
      <div className="max-w-170">
        <h1 className="mb-6 font-serif text-xl font-medium">{t("title")}</h1>
        {query.isPending && <Skeleton className="h-24" />}
        {query.isError && !query.data && (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )}
        {query.data?.items.length === 0 && (
          <div className="border-line rounded-lg border border-dashed">
            <EmptyState
              icon={<Building2 />}
              title={t("none", { email })}
              text={t("noneText", { workspace: workspaceName })}
              action={
                <Link href="/" className={buttonClass({ variant: "primary" })}>
                  {t("home")}
                </Link>
              }
            />
          </div>
        )}
        <div className="flex flex-col gap-3">
          {query.data?.items.map((offer) => (
            <OfferCard key={offer.id} offer={offer} />
          ))}
        </div>
      </div>
    </Page>
  );
}
