import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AuditPage } from "#components/audit/audit-page.tsx";
import { auditKey, auditSealQuery } from "#components/audit/queries.ts";
import { Hydrate } from "#components/hydrate.tsx";
import { firstPage } from "#components/list-pages.ts";
import { getAuditSeal, listAudit } from "#lib/audit/index.ts";
import { requireActor } from "#lib/auth/index.ts";
import { unlessRefused } from "../../unless-refused.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("audit"))("title") };
}

export default async function Audit() {
  const actor = await requireActor();
  const [entries, seal] = await Promise.all([
    unlessRefused(listAudit(actor, { workspace: "true" })),
    unlessRefused(getAuditSeal(actor)),
  ]);
  return (
    <Hydrate
      entries={[
        [auditKey({ workspace: "true" }), entries && firstPage(entries)],
        [auditSealQuery().queryKey, seal],
      ]}
    >
      <AuditPage />
    </Hydrate>
  );
}
