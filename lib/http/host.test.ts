import { expect, it } from "vitest";
import { canonicalHost } from "./host.ts";

it.each([
  [
    "sheaf.example",
    ["sheaf.example", "SHEAF.Example", "sheaf.example.", "sheaf.example:443", "SHEAF.EXAMPLE.:443"],
  ],
  ["sheaf.example:8443", ["sheaf.example:8443", "sheaf.example.:08443"]],
  ["[::1]:3000", ["[::1]:3000", "[0:0:0:0:0:0:0:1]:3000", "[::0001]:3000"]],
  ["[::ffff:7f00:1]", ["[::ffff:127.0.0.1]", "[::FFFF:7F00:1]:443"]],
  ["127.0.0.1", ["127.0.0.1", "127.1", "0x7f000001", "127.0.0.1."]],
  ["xn--bcher-kva.example", ["xn--bcher-kva.example", "XN--BCHER-KVA.example", "b%C3%BCcher.example"]],
])("%s has one spelling", (host, texts) => {
  expect(texts.map((text) => [text, canonicalHost(text, "https:")])).toEqual(
    texts.map((text) => [text, host]),
  );
});

it("knows the default port of each protocol", () => {
  expect(canonicalHost("a:80", "http:")).toBe("a");
  expect(canonicalHost("a:80", "https:")).toBe("a:80");
  expect(canonicalHost("a:443", "http:")).toBe("a:443");
});

it("takes nothing else for a host", () => {
  const others = [
    ...[
      "",
      " ",
      ".",
      "a b",
      "a/b",
      "a?b",
      "a#b",
      "a\\b",
      "a@b",
      "u:p@b",
      "a,b",
      "[",
      "[::1",
      "::1",
      "a:x",
      "a:99999",
    ],
    ...["\u00fc.example", "a\u0000", "a%00", "http://a", "a".repeat(301), "1.2.3.256"],
  ];
  expect([undefined, ...others].map((text) => [text, canonicalHost(text, "http:")])).toEqual(
    [undefined, ...others].map((text) => [text, null]),
  );
});
