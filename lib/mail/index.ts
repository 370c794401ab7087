import { env } from "#lib/env/index.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { quotable } from "./message.ts";
import { sendMail, sendMailSoon } from "./send.ts";
import { letter } from "./template.ts";

export { listMails, type StoredMail } from "./folder.ts";

interface To {
  to: string;
  language: Locale;
}

type Kind = "passwordReset" | "verification" | "addressTaken";
const pageOf = (path: string, secret?: string) =>
  new URL(secret ? `${path}?token=${encodeURIComponent(secret)}` : path, env.APP_URL).href;

function fixedLetter(kind: Kind, { to, language }: To, url: string) {
  const t = translator(language);
  return letter({
    to,
    language,
    subject: t(`mail.${kind}.subject`),
    text: t(`mail.${kind}.text`),
    action: { label: t(`mail.${kind}.action`), url },
    note: t(`mail.${kind}.note`),
  });
}

/** A link to choose a new password. Returns at once and sends by itself, like the next two. */
export const sendPasswordResetMail = ({ secret, ...to }: To & { secret: string }): void =>
  sendMailSoon(fixedLetter("passwordReset", to, pageOf("/reset-password", secret)));

/** A link to confirm an address. Says nothing the person who registered could have written. */
export const sendVerificationMail = ({ secret, ...to }: To & { secret: string }): void =>
  sendMailSoon(fixedLetter("verification", to, pageOf("/verify-email", secret)));

/** To the owner of an address that somebody tried to register again. */
export const sendAddressTakenMail = (to: To): void =>
  sendMailSoon(fixedLetter("addressTaken", to, pageOf("/sign-in")));

/** An invitation to a collection. Throws when it could not be sent, so that the caller's queue tries again. */
export async function sendInvitationMail({
  to,
  language,
  inviterName,
  collectionName,
  url,
}: To & { inviterName: string; collectionName: string; url: string }): Promise<void> {
  const t = translator(language);
  const names = { inviter: quotable(inviterName), collection: quotable(collectionName) };
  await sendMail(
    letter({
      to,
      language,
      subject: t("mail.invitation.subject", names),
      text: t("mail.invitation.text", names),
      action: { label: t("mail.invitation.action"), url },
      note: t("mail.invitation.note"),
    }),
  );
}
