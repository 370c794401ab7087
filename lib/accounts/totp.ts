import { randomBytes } from "node:crypto";
import { HOTP, Secret, TOTP } from "otpauth";

/** RFC 6238 with what every authenticator app supports. */
const parameters = { algorithm: "SHA1", digits: 6, period: 30 };
/** Clocks differ, and typing takes time: the step before and the one after are taken as well. */
const TOLERATED_STEPS = 1;

/** A new shared secret of 160 random bits, as RFC 4226 recommends. */
export const newTotpSecret = (): Buffer<ArrayBuffer> => randomBytes(20) as Buffer<ArrayBuffer>;

const secretFrom = (bytes: Uint8Array): Secret => new Secret({ buffer: Uint8Array.from(bytes).buffer });

/** RFC 4648 base32 without padding, the form in which authenticator apps take a secret. */
export const toBase32 = (bytes: Uint8Array): string => secretFrom(bytes).base32;

const stepAt = (time: number): number => TOTP.counter({ period: parameters.period, timestamp: time });

/** The step whose code this is, among those that count at `time`; null for none. Whoever takes a code keeps its step. */
export function matchingStep(secret: Uint8Array, code: string, time: number): number | null {
  if (!/^[0-9]{6}$/.test(code)) return null;
  const counter = stepAt(time);
  const away = HOTP.validate({
    ...{
      token: code,
      secret: secretFrom(secret),
      algorithm: parameters.algorithm,
      digits: parameters.digits,
    },
    ...{ counter, window: TOLERATED_STEPS },
  });
  return away === null ? null : counter + away;
}

/** The address that a QR code holds for authenticator apps. */
export const totpUri = (of: { secret: Uint8Array; account: string; issuer: string }): string =>
  new TOTP({
    ...parameters,
    ...{ secret: secretFrom(of.secret), label: of.account, issuer: of.issuer },
  }).toString();
