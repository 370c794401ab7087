import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** RFC 6238 with what every authenticator app supports: SHA-1, steps of 30 seconds, six digits. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** Clocks differ, and typing takes time: the step before and the one after are taken as well. */
const TOLERATED_STEPS = 1;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A new shared secret of 160 random bits, as RFC 4226 recommends. */
export const newTotpSecret = (): Buffer<ArrayBuffer> => randomBytes(20) as Buffer<ArrayBuffer>;

/** RFC 4648 base32 without padding, the form in which authenticator apps take a secret. */
export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text;
}

export const stepAt = (time: number): number => Math.floor(time / 1000 / STEP_SECONDS);

/** The code of one step (RFC 4226, dynamic truncation). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const at = mac.at(-1)! & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** The step whose code this is, among those that count at `time`; null for none. Takes as long for any six digits. */
export function matchingStep(secret: Uint8Array, code: string, time: number): number | null {
  let found: number | null = null;
  if (code.length !== DIGITS || !/^[0-9]+$/.test(code)) return null;
  const given = Buffer.from(code);
  for (let step = stepAt(time) - TOLERATED_STEPS; step <= stepAt(time) + TOLERATED_STEPS; step++) {
    if (timingSafeEqual(given, Buffer.from(totpCode(secret, step)))) found = step;
  }
  return found;
}

/** The address that a QR code holds for authenticator apps. */
export function totpUri({
  secret,
  account,
  issuer,
}: {
  secret: Uint8Array;
  account: string;
  issuer: string;
}): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${toBase32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
}
