import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { requestKey } from "#components/access-requests/queries.ts";
import { RequestPage } from "#components/access-requests/request-page.tsx";
import { Hydrate } from "#components/hydrate.tsx";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { getAccessRequest } from "#lib/access-requests/index.ts";
import { requireActor } from "#lib/auth/index.ts";
import { formOutcome } from "#lib/http/action.ts";
import { idSchema } from "#lib/http/schema.ts";
import { approveRequest, declineRequest } from "../../actions.ts";
import { unlessRefused } from "../../unless-refused.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("requests.list"))("many") };
}

interface AccessRequestProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ answer?: string | string[] }>;
}

export default async function AccessRequest({ params, searchParams }: AccessRequestProps) {
  const [{ id }, { answer }] = await Promise.all([params, searchParams]);
  const actor = await requireActor();
  const isId = idSchema.safeParse(id).success;
  const [request, approved, declined] = await Promise.all([
    isId ? unlessRefused(getAccessRequest(actor, id)) : undefined,
    formOutcome("approve-request"),
    formOutcome("decline-request"),
  ]);
  return (
    <Hydrate entries={[[requestKey(id), request]]}>
      <AreaMessages area="share">
        <RequestPage
          key={id}
          id={id}
          answer={answer === "approve" || answer === "decline" ? answer : undefined}
          approve={approveRequest}
          decline={declineRequest}
          outcome={approved ?? declined}
        />
      </AreaMessages>
    </Hydrate>
  );
}
