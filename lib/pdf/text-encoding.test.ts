import { expect, test } from "vitest";
import { decodeText, detectEncoding } from "./text-encoding.ts";

test.each([
  ["utf-8", Buffer.from("Grüße 漢字")],
  ["utf-8", Buffer.from("\uFEFFmarked")],
  ["utf-16le", Buffer.from("\uFEFFGrüße", "utf16le")],
  ["utf-16be", Buffer.from("\uFEFFGrüße", "utf16le").swap16()],
  ["utf-16le", Buffer.from("Without a mark", "utf16le")],
  ["utf-16be", Buffer.from("Without a mark", "utf16le").swap16()],
  ["windows-1252", Buffer.from("Grüße", "latin1")],
  [null, Buffer.from([1, 2, 3, 4])],
  [null, Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00])],
  [null, Buffer.from([0x41, 0x81, 0x42])],
])("finds %s", (encoding, bytes) => {
  expect(detectEncoding(bytes)).toBe(encoding);
});

test("a head cut inside a character is still UTF-8, a whole file is not", () => {
  const head = Buffer.from("aä").subarray(0, 2);
  expect(detectEncoding(head, false)).toBe("utf-8");
  expect(detectEncoding(head, true)).toBe("windows-1252");
});

test("decodes without the mark", () => {
  expect(decodeText(Buffer.from("\uFEFFein ß", "utf16le"), "utf-16le")).toBe("ein ß");
  expect(decodeText(Buffer.from([0x80, 0xe4]), "windows-1252")).toBe("€ä");
});
