import fc from "fast-check";

/** A part of the API's description, as far as inputs use it. */
export interface InputSchema {
  type?: string;
  format?: string;
  enum?: unknown[];
  maxLength?: number;
  minLength?: number;
  maxItems?: number;
  minItems?: number;
  items?: InputSchema;
  properties?: Record<string, InputSchema>;
  required?: string[];
  anyOf?: InputSchema[];
}

/** Texts that patterns, normalisation, case mapping or the database have trouble with, of about so many characters. */
export const hostileTexts: Record<string, (length: number) => string> = {
  "dots of an address": (length) => `a@${".".repeat(Math.max(0, length - 3))}(`,
  "labels of an address": (length) => `a@${"b.".repeat(length / 2)}`,
  "marks out of order": (length) => `a${"\u0315\u0300\u05ae".repeat(length / 3)}`,
  "marks on one letter": (length) => `e${"\u0301".repeat(length)}`,
  "what grows when decomposed": (length) => "\ufdfa".repeat(length),
  "what can't be seen": (length) => `${"\u200b".repeat(length)}a`,
  "spaces before a letter": (length) => `${" ".repeat(length)}a`,
  "spaces of all kinds": (length) => `${"a\u00a0\u2003\u3000\t\n".repeat(length / 6)}`,
  "halves of pairs": (length) => "\ud800".repeat(length),
  "halves in disorder": (length) => "\udc00\ud800".repeat(length / 2),
  NULs: (length) => "\0".repeat(length),
  pairs: (length) => "😀".repeat(length / 2),
  "patterns of the database": (length) => "%_\\".repeat(length / 3),
  quotes: (length) => `'"\`;--`.repeat(length / 6),
  "letters that grow in lower case": (length) => "İ".repeat(length),
  "marks of direction": (length) => "\u202e\u2066a".repeat(length / 3),
  escapes: (length) => "%00%ff%".repeat(length / 7),
  "one letter": (length) => "a".repeat(length),
  digits: (length) => "9".repeat(length),
  brackets: (length) => "[{".repeat(length / 2),
};

/** Texts that show whether one beyond its bound is looked at. */
const largest = ["dots of an address", "marks out of order", "what can't be seen", "spaces of all kinds"];
/** Names may come somewhat longer than they are kept; what is of one length may not. */
const lengthsOf = ({ format }: InputSchema, label: string, bound: number, most: number): Set<number> =>
  new Set([bound, ...(format === "uuid" ? [] : [4 * bound]), ...(largest.includes(label) ? [most] : [])]);

const wrong: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  "",
  [],
  {},
  [[]],
  { length: 1e9 },
  "__proto__",
  ["a"],
];

/** Left out where they may be: something else says the same. */
const alternatives = new Set(["groupId", "roleId", "userId"]);

/** What a field takes: `known` tells the value of those that name something. */
export function sound(schema: InputSchema, name: string, known: Record<string, unknown>): unknown {
  if (name in known && (schema.enum?.includes(known[name]) ?? true)) return known[name];
  if (schema.anyOf) return sound(schema.anyOf[0]!, name, known);
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).flatMap(([field, inner]) =>
          schema.required?.includes(field) || (field in known && !alternatives.has(field))
            ? [[field, sound(inner, field, known)]]
            : [],
        ),
      );
    case "array":
      return [sound(schema.items ?? {}, name, known)];
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    default:
      return "a".repeat(Math.max(schema.minLength ?? 1, 1));
  }
}

export interface Case {
  label: string;
  value: unknown;
}

/** Values for one field: as its schema bounds them, somewhat more, and as much as a request holds. */
export function* hostileValues(schema: InputSchema, name: string, most: number): Generator<Case> {
  for (const option of schema.anyOf ?? [schema]) {
    if (option.type === "array") {
      const count = option.maxItems ?? 1;
      for (const { label, value } of hostileValues(option.items ?? {}, name, most / count - 3))
        yield { label: `${count} × ${label}`, value: Array.from({ length: count }, () => value) };
      for (const item of [0, "", null, [], {}])
        yield {
          label: `as many ${JSON.stringify(item)} as fit`,
          value: Array(Math.floor(most / 6)).fill(item),
        };
    }
    if (option.type === "object")
      for (const [field, inner] of Object.entries(option.properties ?? {}))
        for (const { label, value } of hostileValues(inner, field, most))
          yield { label, value: { [field]: value } };
    if (option.type === "string" || option.enum) {
      const bound = option.maxLength ?? 36;
      for (const [label, make] of Object.entries(hostileTexts))
        for (const length of lengthsOf(option, label, bound, most))
          if (length <= most) {
            // in JSON some take six bytes a character; the largest that fits
            const text = make(length);
            const bytes = Buffer.byteLength(JSON.stringify(text));
            yield {
              label: `${label}, ${length}`,
              value: bytes > most ? make((length * most) / bytes - 1) : text,
            };
          }
    }
  }
  for (const value of wrong) yield { label: `wrong: ${JSON.stringify(value)}`, value };
}

const nested = (open: string, close: string, bytes: number) => {
  const depth = Math.floor(bytes / (open.length + close.length)) - 1;
  return `${open.repeat(depth)}0${close.repeat(depth)}`;
};
const filled = (item: string, bytes: number) => {
  const count = Math.floor((bytes - 2) / (item.length + 1));
  return Array(count).fill(item).join(",");
};

/** Whole bodies of about so many bytes, as they are sent. */
export function hostileBodies(
  sample: unknown,
  bytes: number,
): Record<string, string | Uint8Array<ArrayBuffer>> {
  const proto = `{"__proto__":{"isSystemAdmin":true},"constructor":{"prototype":{"a":1}},"hasOwnProperty":1}`;
  return {
    "nested lists": nested("[", "]", bytes),
    "nested objects": nested('{"a":', "}", bytes),
    "lists never closed": "[".repeat(bytes),
    "empty lists": `[${filled("[]", bytes)}]`,
    "empty objects": `[${filled("{}", bytes)}]`,
    zeros: `[${filled("0", bytes)}]`,
    "many keys": `{${Array.from({ length: bytes / 12 }, (_, index) => `"k${index}":0`).join(",")}}`,
    "one key, often": `{${filled('"name":""', bytes)}}`,
    "a large number": `{"version":${"9".repeat(bytes - 20)}}`,
    "a long fraction": `{"version":0.${"1".repeat(bytes - 20)}}`,
    "a long key": `{"${"k".repeat(bytes - 20)}":0}`,
    escapes: `{"name":"${"\\u0315\\u0300".repeat(bytes / 12 - 2)}"}`,
    prototypes: proto,
    "prototypes beside what is meant": `${proto.slice(0, -1)},${JSON.stringify(sample ?? {}).slice(1)}`,
    "white space": " ".repeat(bytes),
    "white space before": `${" ".repeat(Math.max(0, bytes - 5000))}${JSON.stringify(sample ?? {}).slice(0, 4000)}`,
    nothing: "",
    "a text": '"a"',
    null: "null",
    "no JSON": "{'name':1}",
    "no UTF-8": Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d),
    "a mark of order": `\ufeff${JSON.stringify(sample ?? {})}`,
  };
}

export const hostileTypes = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/json; charset=utf-16",
  "application/json;".padEnd(8000, " ;"),
  "application/problem+json",
  "",
];

export const hostileHeaders: Record<string, string>[] = [
  { authorization: `Bearer ${"sheaf_".padEnd(14_000, "x")}` },
  { authorization: `${"Bearer ".repeat(1000)}` },
  { authorization: "Basic Og==" },
  { "accept-language": "de-AT;q=0.9,".repeat(1000) },
  { "accept-language": `${"-".repeat(7000)};q=${"9".repeat(7000)}` },
  { cookie: "=;".repeat(7000) },
  { cookie: "next-auth.session-token=; ".repeat(500) },
  { cookie: `locale=${"%".repeat(14_000)}` },
  { "x-forwarded-for": ",".repeat(14_000) },
  { "x-forwarded-for": "::1%".padEnd(14_000, ":") },
  { "x-sheaf-address": "1::".padEnd(14_000, ":") },
  { origin: "null" },
  { origin: "http://".padEnd(14_000, "@") },
  { "content-length": "99999999999999999999" },
  { "user-agent": "Mozilla/".padEnd(14_000, "(") },
];

/** Any JSON, with keys out of the schema as often as others. */
export const anyBody = (keys: string[]): fc.Arbitrary<unknown> => {
  const key = fc.oneof(
    fc.constantFrom("id", "__proto__", "constructor", ...keys),
    fc.string({ maxLength: 9 }),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 50 }),
    fc
      .tuple(fc.constantFrom(...Object.values(hostileTexts)), fc.integer({ min: 0, max: 3000 }))
      .map(([make, length]) => make(length)),
  );
  return fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie("any"), { maxLength: 6 }),
      fc.dictionary(key, tie("any"), { maxKeys: 6 }),
    ),
  })).any;
};
