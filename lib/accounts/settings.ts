import { recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { findViewer } from "#lib/auth/index.ts";
import { isUniqueViolation, transaction } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { isMailConfigured } from "#lib/mail/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { getQuota } from "#lib/quota/index.ts";
import { findPendingEmail } from "./email-change.ts";
import { getSecondFactor } from "./second-factor.ts";
import { type SettingsView, type UpdateSettingsInput, type ViewerView } from "./schema.ts";

/** The actor as they see themselves. */
export async function getViewer(actor: UserActor): Promise<ViewerView> {
  const viewer = await findViewer(actor);
  if (!viewer) throw new AppError("unauthenticated", "This person is gone");
  return viewer;
}

/** Profile, usage and limits in one. */
export async function getSettings(actor: UserActor): Promise<SettingsView> {
  return transaction(actor, async () => ({
    profile: await getViewer(actor),
    pendingEmail: await findPendingEmail(actor),
    isMailConfigured: isMailConfigured(),
    secondFactor: await getSecondFactor(actor),
    quota: await getQuota(actor),
    limits: { maxUploadBytes: env.MAX_UPLOAD_BYTES },
  }));
}

/** Changes the given fields. Throws `invalid_input` (handle_taken) for somebody else's handle. */
export async function updateSettings(actor: UserActor, input: UpdateSettingsInput): Promise<SettingsView> {
  const { name, handle, language } = input;
  try {
    return await transaction(actor, async (tx) => {
      const select = { name: true, handle: true, language: true } as const;
      const before = await tx.user.findUnique({ where: { id: actor.id }, select });
      await tx.user.updateMany({
        where: { id: actor.id },
        data: { name, handle, language, updatedAt: new Date() },
      });
      const changed = (["name", "handle", "language"] as const).filter(
        (field) => before && input[field] !== undefined && input[field] !== before[field],
      );
      if (before && changed.length > 0)
        await recordAudit(tx, actor, {
          action: "profile.changed",
          resource: { type: "user", id: actor.id },
          metadata: {
            previous: Object.fromEntries(changed.map((field) => [field, before[field]])),
            new: Object.fromEntries(changed.map((field) => [field, input[field]])),
          },
        });
      return getSettings(actor);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const errors = [{ path: "handle", message: "handle_taken" }];
    throw new AppError("invalid_input", "Handle is taken", { errors }, error);
  }
}
