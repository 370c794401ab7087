import { describe, expect, test } from "vitest";
import { sniffContentType } from "./sniff.ts";

const pdf = "%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n1 0 obj\n<</Type/Catalog>>\nendobj\n";
const latin1 = (text: string) => Buffer.from(text, "latin1");
const png = Buffer.from("89504e470d0a1a0a0000000d494844520000000100000001080200000090" + "7753de", "hex");

describe("what matches its declaration", () => {
  test.each([
    ["a PDF", latin1(pdf), "application/pdf"],
    ["a PDF after blanks and a note", latin1(`\n\n junk from a mail gateway\n${pdf}`), "application/pdf"],
    ["a PDF header just inside the first 1024 bytes", latin1(" ".repeat(1000) + pdf), "application/pdf"],
    ["a PNG", png, "image/png"],
    ["a JPEG", Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex"), "image/jpeg"],
    [
      "a TIFF whose directory lies beyond what is looked at",
      Buffer.concat([latin1("II*\u0000\u0000\u0000\u0002\u0000"), Buffer.alloc(8192, 7)]),
      "image/tiff",
    ],
    ["a GIF", latin1("GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000"), "image/gif"],
    ["plain text", Buffer.from("Grüße, 漢字\n"), "text/plain"],
    ["an empty text", Buffer.alloc(0), "text/plain"],
    ["text in windows-1252", latin1("Name;Straße\nMüller;5 \u0080\n"), "text/csv"],
    ["text in UTF-16 with a mark", Buffer.from("\uFEFFEin Brief", "utf16le"), "text/plain"],
    ["text in UTF-16 without a mark", Buffer.from("Ein längerer Brief", "utf16le"), "text/plain"],
    ["text that begins like a bitmap", Buffer.from("BM is short for Bill Murray"), "text/plain"],
    ["Markdown that begins with a tag", Buffer.from('<p align="center">Sheaf</p>\n# Title'), "text/markdown"],
    ["text cut inside a character", Buffer.from("ä".repeat(2051)).subarray(0, 4101), "text/plain"],
  ])("%s", async (_, bytes, declared) => {
    expect(await sniffContentType(bytes, declared)).toEqual({ contentType: declared, matches: true });
  });
});

describe("what does not", () => {
  test.each([
    ["HTML as PDF", latin1("<!DOCTYPE html><script>alert(1)</script>"), "application/pdf", "text/html"],
    ["HTML before a PDF header", latin1(`<html><script>1</script>${pdf}`), "application/pdf", "text/html"],
    ["SVG before a PDF header", latin1(`<svg onload="x()">${pdf}`), "application/pdf", "image/svg+xml"],
    [
      "a script after a comment",
      latin1(`<!-- x --><script>1</script>${pdf}`),
      "application/pdf",
      "text/html",
    ],
    [
      "a tag somewhere before a PDF header",
      latin1(`hello <img src=x>${pdf}`),
      "application/pdf",
      "application/octet-stream",
    ],
    [
      "a picture with a PDF header in it",
      Buffer.concat([png, latin1(pdf)]),
      "application/pdf",
      "application/octet-stream",
    ],
    [
      "a PDF header after the first 1024 bytes",
      latin1("x".repeat(1025) + pdf),
      "application/pdf",
      "text/plain",
    ],
    ["HTML as text", latin1("  <html><body>hi"), "text/plain", "text/html"],
    ["HTML in UTF-16 as text", Buffer.from("\uFEFF<script>1</script>", "utf16le"), "text/plain", "text/html"],
    ["SVG as Markdown", latin1('<?xml version="1.0"?>\n<svg xmlns="x"/>'), "text/markdown", "image/svg+xml"],
    ["SVG as PNG", latin1("<svg/>"), "image/png", "image/svg+xml"],
    ["a PDF as text", latin1(pdf), "text/plain", "application/pdf"],
    ["a PNG as JPEG", png, "image/jpeg", "image/png"],
    ["zeros as text", Buffer.alloc(100), "text/plain", "application/octet-stream"],
    [
      "a program as text",
      Buffer.from("7f454c4602010100000000000000000002003e00", "hex"),
      "text/plain",
      "application/x-elf",
    ],
    ["an archive as CSV", Buffer.from("504b030414000000080000000000", "hex"), "text/csv", "application/zip"],
    ["nothing as PDF", Buffer.alloc(0), "application/pdf", "text/plain"],
  ])("%s", async (_, bytes, declared, contentType) => {
    expect(await sniffContentType(bytes, declared)).toEqual({ contentType, matches: false });
  });
});
