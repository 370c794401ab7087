import { env } from "#lib/env/index.ts";
import { type Locale, translator } from "#lib/i18n/index.ts";
import { quotable } from "./message.ts";
import { sendMail, sendMailSoon } from "./send.ts";
import { letter } from "./template.ts";

export { listMails, type StoredMail } from "./folder.ts";
export { takeInvitationTurn } from "./turns.ts";

interface To {
  to: string;
  language: Locale;
}

type Kind =
  | "passwordReset"
  | "verification"
  | "addressTaken"
  | "emailChange"
  | "emailChangeAsked"
  | "emailChanged"
  | "secondFactorOn"
  | "secondFactorOff"
  | "accountClosed";
const pageOf = (path: string, secret?: string) =>
  new URL(secret ? `${path}?token=${encodeURIComponent(secret)}` : path, env.APP_URL).href;

function fixedLetter(kind: Kind, { to, language }: To, url: string, values: Record<string, string> = {}) {
  const t = translator(language);
  return letter({
    to,
    language,
    subject: t(`mail.${kind}.subject`),
    text: t(`mail.${kind}.text`, values),
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

/** A link to confirm the address that somebody wants to sign in with from now on. */
export const sendEmailChangeMail = ({ secret, ...to }: To & { secret: string }): void =>
  sendMailSoon(fixedLetter("emailChange", to, pageOf("/confirm-email", secret)));

/** To the old address: that a change was asked for, or that it holds. */
export const sendEmailChangeNotice = ({
  newEmail,
  isDone,
  ...to
}: To & { newEmail: string; isDone: boolean }): void => {
  const kind = isDone ? "emailChanged" : "emailChangeAsked";
  sendMailSoon(fixedLetter(kind, to, pageOf(isDone ? "/" : "/settings"), { email: quotable(newEmail) }));
};

/** That signing in asks for a code from now on, or no longer. */
export const sendSecondFactorMail = ({ isOn, ...to }: To & { isOn: boolean }): void =>
  sendMailSoon(fixedLetter(isOn ? "secondFactorOn" : "secondFactorOff", to, pageOf("/settings")));

/** The last mail to somebody who closed their account. */
export const sendAccountClosedMail = (to: To): void =>
  sendMailSoon(fixedLetter("accountClosed", to, pageOf("/")));

/** An invitation into a workspace. Throws when it could not be sent, so that the caller's queue tries again. */
export async function sendWorkspaceInvitationMail({
  to,
  language,
  inviterName,
  workspaceName,
  url,
}: To & { inviterName: string; workspaceName: string; url: string }): Promise<void> {
  const t = translator(language);
  const names = { inviter: quotable(inviterName), workspace: quotable(workspaceName) };
  await sendMail(
    letter({
      to,
      language,
      subject: t("mail.workspaceInvitation.subject", names),
      text: t("mail.workspaceInvitation.text", names),
      action: { label: t("mail.workspaceInvitation.action"), url },
      note: t("mail.workspaceInvitation.note"),
    }),
  );
}

/** An invitation to a collection or a single document. Throws when it could not be sent, so that the caller's queue tries again. */
export async function sendInvitationMail({
  to,
  language,
  inviterName,
  collectionName,
  isDocument = false,
  url,
}: To & { inviterName: string; collectionName: string; isDocument?: boolean; url: string }): Promise<void> {
  const t = translator(language);
  const kind = isDocument ? "mail.documentInvitation" : "mail.invitation";
  const names = { inviter: quotable(inviterName), collection: quotable(collectionName) };
  await sendMail(
    letter({
      to,
      language,
      subject: t(`${kind}.subject`, names),
      text: t(`${kind}.text`, names),
      action: { label: t(`${kind}.action`), url },
      note: t(`${kind}.note`),
    }),
  );
}
