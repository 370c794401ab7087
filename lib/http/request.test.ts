import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addressBlock, canonicalAddress, clientAddress } from "./request.ts";

const spellings: Record<string, string[]> = {
  "1.2.3.4": [
    "1.2.3.4",
    " 1.2.3.4 ",
    "1.2.3.4:40001",
    '"1.2.3.4:1"',
    "::ffff:1.2.3.4",
    "::FFFF:1.2.3.4",
    "::ffff:102:304",
    "0:0:0:0:0:ffff:0102:0304",
    "0000:0000:0000:0000:0000:ffff:1.2.3.4",
    "[::ffff:1.2.3.4]:40001",
    '"[::ffff:102:304]:2"',
    "::ffff:1.2.3.4%eth0",
  ],
  "2001:db8::1": [
    "2001:db8::1",
    "2001:DB8::1",
    "2001:0db8:0000:0000:0000:0000:0000:0001",
    "2001:db8:0:0::1",
    "[2001:db8::1]",
    "[2001:db8::1]:443",
    '"[2001:DB8::1]:443"',
    "2001:db8::1%eth0",
    "[2001:db8::1%25eth0]:1",
  ],
  "::1": ["::1", "[::1]:80", "0:0:0:0:0:0:0:1"],
};
const garbage = [
  ...["", " ", "unknown", "_hidden", "x", "localhost", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1"],
  ...["0x7f.1", "1.2.3.4:", "1.2.3.4:x", "[1.2.3.4]", "[]", "[", ":", "::g", "1::2::3", "[::1", "::1]", '"'],
  ...["1.2.3.4, 5.6.7.8", "-1.2.3.4", "1.2.3.4/24", "1".repeat(65_536), `[${"::1%".repeat(20_000)}]`],
];

it.each(Object.entries(spellings))("%s is one address in every spelling", (address, texts) => {
  expect(texts.map((text) => [text, canonicalAddress(text)])).toEqual(texts.map((text) => [text, address]));
  expect(new Set([address, ...texts].map(addressBlock)).size).toBe(1);
});

it("nothing else is an address", () => {
  for (const text of garbage) expect([text, canonicalAddress(text)]).toEqual([text, null]);
});

it("counts a whole IPv6 /64 as one, and no two of them", () => {
  const block = "2001:db8:0:1::/64";
  for (const one of ["2001:db8:0:1::", "2001:db8:0:1:ffff:ffff:ffff:ffff", "[2001:DB8::1:0:0:0:9]:443"])
    expect([one, addressBlock(one)]).toEqual([one, block]);
  for (const other of ["2001:db8::", "2001:db8:0:2::", "2001:db8:1:1::", "::1", "1.2.3.4", null, "x"])
    expect(addressBlock(other)).not.toBe(block);
});

describe("the caller", () => {
  const of = (forwarded: string | null, own = "::ffff:9.9.9.9") =>
    clientAddress(
      new Headers({ "x-sheaf-address": own, ...(forwarded !== null && { "x-forwarded-for": forwarded }) }),
    );
  const settings = {
    AUTH_SECRET: "x".repeat(32),
    DATABASE_URL: "postgresql://localhost/sheaf",
    TRUST_PROXY: "true",
  };
  beforeEach(() => void Object.entries(settings).forEach(([name, value]) => vi.stubEnv(name, value)));
  afterEach(() => vi.unstubAllEnvs());

  it("is what the trusted proxy appended last", () => {
    expect(of("6.6.6.6, 1.2.3.4:40001")).toBe("1.2.3.4");
    expect(of("6.6.6.6,1.2.3.4 , ")).toBe("1.2.3.4");
    expect(of("::ffff:102:304")).toBe("1.2.3.4");
  });

  it("is the connection's own where the proxy says nothing that is an address", () => {
    for (const text of [null, ...garbage.filter((one) => !one.includes(","))])
      expect(of(text)).toBe("9.9.9.9");
    expect(of("1.2.3.4, unknown")).toBe("9.9.9.9");
    expect(of("x", "x")).toBeNull();
  });
});
