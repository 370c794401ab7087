import type { MarkedText } from "./schema.ts";

/** Letters that no decomposition leads back to the ones they are compared as. */
const plain: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/** A word as `app.searchable` compares it, near enough to find it again in a text. */
export const foldedWord = (word: string): string =>
  word
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[\p{M}\u00ad\u200b-\u200f\u2060\ufeff]/gu, "")
    .replace(/[ßæœøłđðþı]/g, (letter) => plain[letter]!);

/** Of scripts without spaces between words, which are compared by neighbouring signs (`app.is_unspaced`). */
const unspaced =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
const words = /[\p{L}\p{N}\p{M}\u00ad\u200b-\u200d]+/gu;

type Range = [start: number, end: number];

/** Where the words stand in a text, in order, none over another. */
export function rangesOf(text: string, marks: ReadonlySet<string>): Range[] {
  const ranges: Range[] = [];
  const add = (start: number, end: number) => {
    const last = ranges.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  };
  for (const { 0: word, index } of text.matchAll(words)) {
    if (!unspaced.test(word)) {
      if (marks.has(foldedWord(word))) add(index, index + word.length);
      continue;
    }
    const signs = [...word];
    let at = index;
    for (const [n, sign] of signs.entries()) {
      const pair = sign + (signs[n + 1] ?? "");
      if (marks.has(foldedWord(pair))) add(at, at + pair.length);
      else if (marks.has(foldedWord(sign))) add(at, at + sign.length);
      at += sign.length;
    }
  }
  return ranges;
}

export const markedText = (text: string, marks: ReadonlySet<string>): MarkedText => ({
  text,
  marks: rangesOf(text, marks),
});

/** How much of a text is shown around what was found. */
const PASSAGE = 220;
const BEFORE = 60;

/** The passage of a part of a text where most of the words stand together, in one line. */
export function passageOf(body: string, marks: ReadonlySet<string>): MarkedText {
  const text = body.replace(/[\s\u00a0]+/g, " ").trim();
  const ranges = rangesOf(text, marks);
  const first = densest(ranges);
  let from = first ? wordStart(text, Math.max(0, first[0] - BEFORE)) : 0;
  const to = wordEnd(text, Math.min(text.length, from + PASSAGE));
  if (to === text.length) from = wordStart(text, Math.max(0, to - PASSAGE));
  const lead = from > 0 ? "… " : "";
  return {
    text: lead + text.slice(from, to) + (to < text.length ? " …" : ""),
    marks: ranges
      .filter(([start, end]) => start >= from && end <= to)
      .map(([start, end]) => [start - from + lead.length, end - from + lead.length]),
  };
}

/** The first range after which most others begin soon enough to be shown with it. */
function densest(ranges: Range[]): Range | undefined {
  let best: { range: Range; count: number } | undefined;
  let end = 0;
  for (const [n, range] of ranges.entries()) {
    while (end < ranges.length && ranges[end]![1] <= range[0] + PASSAGE - BEFORE) end += 1;
    if (!best || end - n > best.count) best = { range, count: end - n };
  }
  return best?.range;
}

/** Never in the middle of a word, unless it has no end in sight; nor of a pair of surrogates. */
const reach = 30;
function wordStart(text: string, at: number): number {
  if (at === 0) return 0;
  const space = text.indexOf(" ", at);
  if (space >= 0 && space < at + reach) return space + 1;
  return isInPair(text, at) ? at + 1 : at;
}
function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.lastIndexOf(" ", at);
  if (space > at - reach) return space;
  return isInPair(text, at) ? at - 1 : at;
}
const isInPair = (text: string, at: number) => /[\udc00-\udfff]/.test(text[at] ?? "");
