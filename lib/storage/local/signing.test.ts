import fc from "fast-check";
import { expect, test } from "vitest";
import { deriveSigningKey, type Permit, signPermit, verifyPermit } from "./signing.ts";

const signingKey = deriveSigningKey("a secret of at least thirty-two characters");
const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
  .map((value) => value.toWellFormed());
const common = { key: fc.constant("owner/document/file.pdf"), expires: fc.nat() };
const body = { sizeBytes: fc.nat(), sha256: text };
const permits: fc.Arbitrary<Permit> = fc.oneof(
  fc.record({ op: fc.constant("put" as const), ...common, contentType: text, ...body }),
  fc.record({ op: fc.constant("part" as const), ...common, uploadId: text, part: fc.nat(), ...body }),
  fc.record({
    op: fc.constant("get" as const),
    ...common,
    contentType: text,
    disposition: fc.constantFrom("inline" as const, "attachment" as const),
    filename: text,
  }),
);
const split = (signed: string) => {
  const at = signed.indexOf("?");
  return { key: signed.slice(0, at), query: new URLSearchParams(signed.slice(at + 1)) };
};

test("a signed permit is read back as it was", () => {
  fc.assert(
    fc.property(permits, (permit) => {
      const { key, query } = split(signPermit(signingKey, permit));
      expect(verifyPermit(signingKey, key, query.toString())).toEqual(permit);
    }),
  );
});

test("a permit with any field altered, moved, added or left out is none", () => {
  fc.assert(
    fc.property(permits, fc.nat(), text, (permit, which, value) => {
      const { key, query } = split(signPermit(signingKey, permit));
      const names = [...query.keys()];
      const name = names[which % names.length]!;
      const next = names[(which + 1) % names.length]!;
      const altered = (change: (query: URLSearchParams) => void) => {
        const copy = new URLSearchParams(query);
        change(copy);
        return verifyPermit(signingKey, key, copy.toString());
      };
      expect(altered((copy) => copy.set(name, `${copy.get(name)}${value}`))).toBeNull();
      expect(altered((copy) => copy.delete(name))).toBeNull();
      expect(altered((copy) => copy.append(name, copy.get(name)!))).toBeNull();
      expect(altered((copy) => copy.append("extra", value))).toBeNull();
      if (query.get(name) !== query.get(next)) {
        const swap = (copy: URLSearchParams) => {
          copy.set(name, query.get(next)!);
          copy.set(next, query.get(name)!);
        };
        expect(altered(swap)).toBeNull();
      }
      expect(verifyPermit(signingKey, "owner/document/other.pdf", query.toString())).toBeNull();
      expect(verifyPermit(deriveSigningKey("another secret"), key, query.toString())).toBeNull();
    }),
  );
});
