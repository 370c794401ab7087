import { createHmac } from "node:crypto";

/** A person's authenticator app, written apart from the program: RFC 6238 with SHA-1, steps of 30 seconds, six digits. */
export const stepAt = (time: number): number => Math.floor(time / 1000 / 30);

/** The code of one step (RFC 4226, dynamic truncation). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const at = mac.at(-1)! & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 10 ** 6).padStart(6, "0");
}

/** A secret as people type it (RFC 4648, without padding). */
export function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
}
