import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Hydrate } from "#components/hydrate.tsx";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { transferKey } from "#components/ownership/queries.ts";
import { TransferPage } from "#components/ownership/transfer-page.tsx";
import { requireActor } from "#lib/auth/index.ts";
import { formOutcome } from "#lib/http/action.ts";
import { idSchema } from "#lib/http/schema.ts";
import { getTransfer } from "#lib/ownership/index.ts";
import { acceptTransfer, declineTransfer } from "../../actions.ts";
import { unlessRefused } from "../../unless-refused.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("ownership.answer"))("crumb") };
}

export default async function Transfer({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const actor = await requireActor();
  const isId = idSchema.safeParse(id).success;
  const [transfer, accepted, declined] = await Promise.all([
    isId ? unlessRefused(getTransfer(actor, id)) : undefined,
    formOutcome("accept-transfer"),
    formOutcome("decline-transfer"),
  ]);
  return (
    <Hydrate entries={[[transferKey(id), transfer]]}>
      <AreaMessages area="share">
        <TransferPage
          key={id}
          id={id}
          isMine={transfer?.from.id === actor.id}
          accept={acceptTransfer}
          decline={declineTransfer}
          outcome={accepted ?? declined}
        />
      </AreaMessages>
    </Hydrate>
  );
}
