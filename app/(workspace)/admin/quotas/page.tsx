import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { QuotasPage } from "#components/admin/quotas-page.tsx";
import {
  everybody,
  quotaHistoryQuery,
  quotaListKey,
  quotaSummaryQuery,
  usualDays,
} from "#components/admin/queries.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { requireActor } from "#lib/auth/index.ts";
import { listQuotas, quotaHistory, summarizeQuotas } from "#lib/quota/index.ts";
import { unlessRefused } from "../../unless-refused.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("admin.quotas"))("title") };
}

export default async function Quotas() {
  const actor = await requireActor();
  const [people, summary, history] = await Promise.all([
    unlessRefused(listQuotas(actor, everybody)),
    unlessRefused(summarizeQuotas(actor, { days: usualDays })),
    unlessRefused(quotaHistory(actor, { days: usualDays })),
  ]);
  return (
    <Hydrate
      entries={[
        [quotaListKey(everybody), people && firstPage(people)],
        [quotaSummaryQuery(usualDays).queryKey, summary],
        [quotaHistoryQuery(usualDays).queryKey, history],
      ]}
    >
      <QuotasPage />
    </Hydrate>
  );
}
