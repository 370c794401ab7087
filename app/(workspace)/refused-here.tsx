import { ownRequestKey } from "#components/access-requests/queries.ts";
import { Refused } from "#components/access-requests/refused.tsx";
import { Hydrate } from "#components/hydrate.tsx";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { listOwnAccessRequests } from "#lib/access-requests/index.ts";
import { getActor, getViewer } from "#lib/auth/index.ts";
import { formOutcome } from "#lib/http/action.ts";
import { idSchema } from "#lib/http/schema.ts";
import { type ResourceType } from "#lib/sharing/api.ts";
import { askForCollection, askForDocument } from "./actions.ts";

/** What stands in the place of something that was refused as the page was asked for: who can help is asked from it. */
export async function RefusedHere({ type, id }: { type: ResourceType; id: string }) {
  const actor = await getActor();
  if (actor.kind !== "user") return null;
  const isId = idSchema.safeParse(id).success;
  const [viewer, own, outcome] = await Promise.all([
    getViewer(),
    isId ? listOwnAccessRequests(actor, { resourceId: id }) : null,
    formOutcome("ask-access"),
  ]);
  return (
    <Hydrate
      entries={[[ownRequestKey({ id }), own?.items.find(({ resource }) => resource.type === type) ?? null]]}
    >
      <AreaMessages area="share">
        <Refused
          {...{ type, id, outcome }}
          email={viewer?.email}
          action={type === "collection" ? askForCollection : askForDocument}
        />
      </AreaMessages>
    </Hydrate>
  );
}
