import { type Locale } from "#lib/i18n/index.ts";
import { letter, sendMailSoon } from "#lib/mail/index.ts";

/**
 * The mails of an account. All are sent in the background: neither the time nor the success of an answer may tell whether
 * an address was mailed.
 */
interface To {
  to: string;
  language: Locale;
}

/** A link to choose a new password. */
export const sendPasswordResetMail = (mail: To & { secret: string }): void =>
  sendMailSoon(letter({ ...mail, kind: "passwordReset", path: "/reset-password" }));

/** A link to sign in with, which leads on to a page of the application. */
export const sendMagicLinkMail = ({ next, ...mail }: To & { secret: string; next?: string }): void =>
  sendMailSoon(
    letter({
      ...mail,
      kind: "magicLink",
      path: next === undefined ? "/sign-in/link" : `/sign-in/link?next=${encodeURIComponent(next)}`,
    }),
  );

/** A link to confirm an address. Contains nothing that the person who registered wrote. */
export const sendVerificationMail = (mail: To & { secret: string }): void =>
  sendMailSoon(letter({ ...mail, kind: "verification", path: "/verify-email" }));

/** To the owner of an address that somebody tried to register again. */
export const sendAddressTakenMail = (mail: To): void =>
  sendMailSoon(letter({ ...mail, kind: "addressTaken", path: "/sign-in" }));

/** A link to confirm the new address of an account. */
export const sendEmailChangeMail = (mail: To & { secret: string }): void =>
  sendMailSoon(letter({ ...mail, kind: "emailChange", path: "/confirm-email" }));

/** To the old address: a change was requested, or it is done. */
export const sendEmailChangeNotice = ({
  newEmail,
  isDone,
  ...to
}: To & { newEmail: string; isDone: boolean }): void =>
  sendMailSoon(
    letter({
      ...to,
      kind: isDone ? "emailChanged" : "emailChangeAsked",
      values: { email: newEmail },
      path: isDone ? "/" : "/settings",
    }),
  );

/** Somebody of another provider signs in to the account from now on. */
export const sendIdentityLinkedMail = ({ provider, ...to }: To & { provider: string }): void =>
  sendMailSoon(letter({ ...to, kind: "identityLinked", values: { provider }, path: "/settings" }));

/** The second step of signing in was switched on or off. */
export const sendSecondFactorMail = ({ isOn, ...to }: To & { isOn: boolean }): void =>
  sendMailSoon(letter({ ...to, kind: isOn ? "secondFactorOn" : "secondFactorOff", path: "/settings" }));

/** The last mail to somebody who closed their account. */
export const sendAccountClosedMail = (mail: To): void =>
  sendMailSoon(letter({ ...mail, kind: "accountClosed", path: "/" }));
