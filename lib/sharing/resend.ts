import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, write } from "#lib/db/index.ts";
import { withInvitationMail } from "#lib/mail/index.ts";
import { explainRefusals, type ResourceRef, sqlRef } from "./resource.ts";
import { type ResentView, resentSchema } from "./schema.ts";

/**
 * Sends the letter of a grant or an invitation again to whoever has not been here yet, within the actor's hourly allowance
 * (`rate_limited` beyond it). Once a minute at most, however often it is asked for. `conflict` for a group, and for whoever is
 * in by now. It answers alike whether or not the address has an account.
 */
export const resendLetter = (actor: UserActor, resource: ResourceRef, grantId: string): Promise<ResentView> =>
  withInvitationMail(
    actor.id,
    () =>
      explainRefusals(actor, resource, async () =>
        only(
          await write(
            actor,
            z.object({ state: resentSchema.shape.state }),
            Prisma.sql`SELECT state FROM app.resend_letter(${sqlRef(resource)}, ${grantId}::uuid)`,
          ),
        ),
      ),
    ({ state }) => state === "sent",
  );
