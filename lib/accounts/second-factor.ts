import { z } from "zod";
import { randomBytes } from "node:crypto";
import { type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { Prisma, transaction, type Tx, write } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { sendSecondFactorMail } from "./letters.ts";
import { qrPath } from "#lib/qr/values.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { hashBackupCode, newBackupCodes, shownBackupCode } from "./backup-codes.ts";
import { hasSecondFactor, plainCode, wrongCode } from "./codes.ts";
import { proveSelf } from "./proof.ts";
import {
  type BackupCodesView,
  type ProofInput,
  type SecondFactorSetupView,
  type SecondFactorView,
} from "./schema.ts";
import { seal, unseal } from "./sealed.ts";
import { matchingStep, newTotpSecret, toBase32, totpUri } from "./totp.ts";

const conflict = (reason: string) => new AppError("conflict", "Not in this state", { reason });

/** Whether the actor has a second factor, and how many backup codes are left. */
export async function getSecondFactor(actor: UserActor): Promise<SecondFactorView> {
  return transaction(actor, async (tx) => ({
    isActive: await hasSecondFactor(tx, actor.id),
    backupCodesLeft: await tx.backupCode.count({ where: { userId: actor.id, usedAt: null } }),
  }));
}

/** Makes a secret for an authenticator app. Sign-in asks for no code before `activateSecondFactor`. */
export async function setUpSecondFactor(
  actor: UserActor,
  sessionId: string | null,
  proof: ProofInput,
): Promise<SecondFactorSetupView> {
  const { email, language } = await proveSelf(actor, sessionId, proof);
  const secret = newTotpSecret();
  const begun = await write(
    actor,
    z.object({}),
    Prisma.sql`
      INSERT INTO second_factors AS f (user_id, secret, backup_salt)
        VALUES (${actor.id}::uuid, ${seal(secret, actor.id)}, ${randomBytes(16)})
        ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = now() WHERE f.activated_at IS NULL
        RETURNING 1`,
  );
  if (begun.length === 0) throw conflict("second_factor_active");
  const uri = totpUri({ secret, account: email, issuer: translator(language)("common.appName") });
  return { secret: toBase32(secret), uri, qr: qrPath(uri) };
}

/** Switches the second factor on with a code that proves the app has the secret. Only this answer shows the backup codes. */
export async function activateSecondFactor(
  actor: UserActor,
  { code }: { code: string },
): Promise<BackupCodesView> {
  const limit = { most: 10, windowSeconds: 300, per: "actor", isShared: true } as const;
  await countCall({ name: "activateCode", limit }, actor.id);
  const own = await transaction(actor, (tx) =>
    tx.secondFactor.findUnique({
      where: { userId: actor.id, activatedAt: null },
      select: { secret: true, user: { select: { email: true, language: true } } },
    }),
  );
  if (!own) throw conflict("second_factor_not_set_up");
  const step = matchingStep(unseal(own.secret, actor.id), plainCode(code), Date.now());
  if (step === null) throw wrongCode();
  const made = await makeBackupCodes();
  await transaction(actor, async (tx) => {
    const { count } = await tx.secondFactor.updateMany({
      where: { userId: actor.id, activatedAt: null, secret: own.secret },
      data: { activatedAt: new Date(), lastStep: step, backupSalt: made.salt },
    });
    if (count === 0) throw conflict("second_factor_not_set_up");
    await keepBackupCodes(tx, actor.id, made.hashes);
    await recordAudit(tx, actor, {
      action: "second_factor.activated",
      resource: { type: "user", id: actor.id },
    });
  });
  sendSecondFactorMail({ to: own.user.email, language: own.user.language as Locale, isOn: true });
  return { backupCodes: made.codes.map(shownBackupCode) };
}

/** Makes new backup codes. The old ones stop working. */
export async function renewBackupCodes(
  actor: UserActor,
  sessionId: string | null,
  proof: ProofInput,
): Promise<BackupCodesView> {
  await proveSelf(actor, sessionId, proof);
  const made = await makeBackupCodes();
  await transaction(actor, async (tx) => {
    // locks the row, so that two renewals run one after the other
    const { count } = await tx.secondFactor.updateMany({
      where: { userId: actor.id, activatedAt: { not: null } },
      data: { backupSalt: made.salt },
    });
    if (count === 0) throw conflict("second_factor_not_set_up");
    await tx.backupCode.deleteMany({ where: { userId: actor.id } });
    await keepBackupCodes(tx, actor.id, made.hashes);
    await recordAudit(tx, actor, {
      action: "backup_codes.renewed",
      resource: { type: "user", id: actor.id },
    });
  });
  return { backupCodes: made.codes.map(shownBackupCode) };
}

/** Removes the second factor: sign-in asks for the password alone. */
export async function removeSecondFactor(
  actor: UserActor,
  sessionId: string | null,
  proof: ProofInput,
): Promise<void> {
  const { email, language } = await proveSelf(actor, sessionId, proof);
  await transaction(actor, async (tx) => {
    const { count } = await tx.secondFactor.deleteMany({
      where: { userId: actor.id, activatedAt: { not: null } },
    });
    if (count === 0) throw conflict("second_factor_not_set_up");
    await recordAudit(tx, actor, {
      action: "second_factor.removed",
      resource: { type: "user", id: actor.id },
    });
  });
  sendSecondFactorMail({ to: email, language, isOn: false });
}

async function makeBackupCodes() {
  const salt = randomBytes(16) as Buffer<ArrayBuffer>;
  const codes = newBackupCodes();
  return { salt, codes, hashes: await Promise.all(codes.map((code) => hashBackupCode(code, salt))) };
}

const keepBackupCodes = (tx: Tx, userId: string, hashes: Uint8Array<ArrayBuffer>[]) =>
  tx.backupCode.createMany({ data: hashes.map((hash) => ({ userId, hash })) });
