import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentDisposition, presentation, safeFilename } from "./disposition.ts";

const asciiName = (header: string) => /; filename="([^"\\]*)"; /.exec(header)?.[1];
const trueName = (header: string) => decodeURIComponent(/filename\*=UTF-8''(\S+)$/.exec(header)![1]!);

describe("a name in a Content-Disposition", () => {
  test.each([
    ["report.pdf", "report.pdf", "report.pdf"],
    ['the "best" 100%.pdf', "the _best_ 100_.pdf", 'the "best" 100%.pdf'],
    ["a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"],
    ["Übersicht.pdf", "_bersicht.pdf", "Übersicht.pdf"],
    ["🦊 notes.txt", "_ notes.txt", "🦊 notes.txt"],
    ["annexe\u202efdp.exe", "annexefdp.exe", "annexefdp.exe"],
    ["مستند.pdf", "_.pdf", "مستند.pdf"],
    ["../../etc/passwd", ".._.._etc_passwd", ".._.._etc_passwd"],
    ["a\\b;c=d'e(f)*!.txt", "a_b;c=d'e(f)*!.txt", "a_b;c=d'e(f)*!.txt"],
    ["nul\0byte.pdf", "nulbyte.pdf", "nulbyte.pdf"],
    ["\ud800.pdf", "_.pdf", "\ufffd.pdf"],
    ["..", "download", "download"],
    [" \n ", "download", "download"],
  ])("%j", (name, ascii, extended) => {
    const header = contentDisposition("attachment", name);
    expect(asciiName(header)).toBe(ascii);
    expect(trueName(header)).toBe(extended);
  });

  test("of 255 bytes is kept, a longer one loses whole characters and keeps its extension", () => {
    const fits = `${"é".repeat(125)}a.pdf`;
    expect(Buffer.byteLength(fits)).toBe(255);
    expect(safeFilename(fits)).toBe(fits);
    const cut = safeFilename(`${"👩‍👩‍👧".repeat(40)}.pdf`);
    expect(cut).toMatch(/^(?:👩‍👩‍👧)+\.pdf$/u);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(255);
  });

  test("can never break out of the header, whatever it is", () => {
    // Code units rather than characters: lone surrogates are among them.
    const units = fc.array(fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0xffff })), { maxLength: 400 });
    fc.assert(
      fc.property(units, (codes) => {
        const name = String.fromCharCode(...codes);
        const header = contentDisposition("inline", name);
        expect(header).toMatch(
          /^inline; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]+"; filename\*=UTF-8''[\w.~%!#$&+^`|-]+$/,
        );
        expect(Buffer.byteLength(trueName(header))).toBeLessThanOrEqual(255);
        expect(trueName(header)).not.toMatch(/[/\\\p{Cc}]/u);
      }),
    );
  });
});

describe("what a browser may show", () => {
  const shown = (contentType: string) =>
    presentation({ disposition: "inline", filename: "a", contentType }).contentDisposition.startsWith(
      "inline",
    );

  test.each(["application/pdf", "image/png", "IMAGE/JPEG", "text/plain; charset=utf-8", "text/markdown"])(
    "%s",
    (type) => {
      expect(shown(type)).toBe(true);
    },
  );

  test.each([
    "text/html",
    "image/svg+xml",
    "text/xml",
    "application/javascript",
    "application/pdf,text/html",
    "",
    "*/*",
  ])("never %j", (type) => {
    expect(shown(type)).toBe(false);
    const { contentType } = presentation({ disposition: "inline", filename: "a", contentType: type });
    expect(contentType).toBe("application/octet-stream");
  });

  test("text of any kind as plain text", () => {
    const { contentType } = presentation({
      disposition: "inline",
      filename: "a.md",
      contentType: "text/markdown",
    });
    expect(contentType).toBe("text/plain; charset=utf-8");
  });
});
