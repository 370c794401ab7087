import { drawPages } from "#lib/pdf/index.ts";
import { withCopy } from "./copies.ts";
import { type PagePicture } from "./index.ts";
import { Kept } from "./kept.ts";
import { inTurn } from "./turns.ts";

/** As wide as they are stored. */
const WIDTH_PIXELS = 480;
/** A stored thumbnail is smaller than this, whatever it shows. */
const MOST_BYTES = 1024 ** 2;
/** A page of a list is asked for in one go; this long others are waited for, in milliseconds. */
const GATHER_MS = 25;
const MOST_AT_ONCE = 32;

const drawn = new Kept<PagePicture>(16 * 1024 ** 2, ({ webp }) => webp.byteLength);
type Waiting = { key: string; settle: (picture: PagePicture | null) => void; fail: (error: unknown) => void };
/** By mark: what is drawn in one process carries one name. */
const gathered = new Map<string, Waiting[]>();

/** A stored thumbnail with the mark drawn into it; those that are asked for together are drawn together. */
export async function drawThumbnail(key: string, watermark: string): Promise<PagePicture | null> {
  const known = drawn.get(JSON.stringify([key, watermark]));
  if (known) return known;
  return new Promise((settle, fail) => {
    const group = gathered.get(watermark);
    if (group) group.push({ key, settle, fail });
    else {
      gathered.set(watermark, [{ key, settle, fail }]);
      setTimeout(() => void drawGathered(watermark), GATHER_MS);
    }
  });
}

async function drawGathered(watermark: string): Promise<void> {
  const group = gathered.get(watermark) ?? [];
  gathered.delete(watermark);
  for (let at = 0; at < group.length; at += MOST_AT_ONCE) {
    const some = group.slice(at, at + MOST_AT_ONCE);
    try {
      await inTurn(() => withCopies(some, [], (paths) => drawThem(some, paths, watermark)));
    } catch (error) {
      for (const { fail } of some) fail(error);
    }
  }
}

/** Holds a copy of each while they are drawn. */
function withCopies<Result>(
  [next, ...rest]: readonly Waiting[],
  paths: string[],
  work: (paths: string[]) => Promise<Result>,
): Promise<Result> {
  if (!next) return work(paths);
  return withCopy({ key: next.key, sizeBytes: MOST_BYTES }, (path) =>
    withCopies(rest, [...paths, path], work),
  );
}

async function drawThem(some: readonly Waiting[], paths: string[], watermark: string): Promise<void> {
  await drawPages({
    sources: paths.map((path) => ({ path, contentType: "image/webp", first: 1, count: 1 })),
    ...{ watermark, widthPixels: WIDTH_PIXELS },
    onPicture({ source, webp, width, height }) {
      const waiting = some[source];
      if (!waiting) return;
      const picture = { webp, width, height };
      drawn.set(JSON.stringify([waiting.key, watermark]), picture);
      waiting.settle(picture);
    },
  });
  // one that could not be drawn has no picture; the others have been handed over
  for (const { settle } of some) settle(null);
}
