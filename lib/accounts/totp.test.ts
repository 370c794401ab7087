import { expect, it } from "vitest";
import { stepAt, totpCode } from "./testing/authenticator.ts";
import { matchingStep, newTotpSecret, toBase32, totpUri } from "./totp.ts";

const secret = Buffer.from("12345678901234567890");

// the last six of the eight digits in RFC 6238, appendix B
it.each([
  [59, "287082"],
  [1111111109, "081804"],
  [1111111111, "050471"],
  [1234567890, "005924"],
  [2000000000, "279037"],
  [20000000000, "353130"],
])("gives the RFC's code at second %i", (second, code) => {
  expect(totpCode(secret, stepAt(second * 1000))).toBe(code);
  expect(matchingStep(secret, code, second * 1000)).toBe(stepAt(second * 1000));
});

// RFC 4648, section 10, without padding
it.each([
  ["", ""],
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foo", "MZXW6"],
  ["foob", "MZXW6YQ"],
  ["fooba", "MZXW6YTB"],
  ["foobar", "MZXW6YTBOI"],
])("writes %j in base32", (text, written) => {
  expect(toBase32(Buffer.from(text))).toBe(written);
});

it("takes the code of now, of the step before and of the one after, and no other", () => {
  const fresh = newTotpSecret();
  const now = 1_800_000_015_000;
  const step = stepAt(now);
  const found = [-2, -1, 0, 1, 2].map((away) => matchingStep(fresh, totpCode(fresh, step + away), now));
  expect(found).toEqual([null, step - 1, step, step + 1, null]);
});

it.each(["", "1", "12345", "abcdef", "1234567", "１２３４５６"])("takes no %j", (code) => {
  expect(matchingStep(secret, code, 1_800_000_000_000)).toBeNull();
});

it("writes the address for authenticator apps", () => {
  const uri = new URL(totpUri({ secret, account: "ada+x@example.org", issuer: "Sheaf" }));
  expect(uri.protocol).toBe("otpauth:");
  expect(decodeURIComponent(uri.pathname)).toBe("/Sheaf:ada+x@example.org");
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    issuer: "Sheaf",
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
});
