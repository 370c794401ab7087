import { log } from "#lib/log/index.ts";
import { drawPages, type DrawResult } from "#lib/pdf/index.ts";
import { withCopy } from "./copies.ts";
import { Kept } from "./kept.ts";
import { inTurn } from "./turns.ts";

/** A stored file that pages are drawn from. The bytes of a key never change. */
export interface PageSource {
  key: string;
  sizeBytes: number;
  contentType: string;
}

export interface PagePicture {
  webp: Buffer;
  width: number;
  height: number;
}

/** Pages are drawn some at a time: starting a process and opening a file take longer than a page does. */
const BATCH = 4;
/** Whoever scrolls back is shown what was drawn for them; some hundred pages. */
const pictures = new Kept<PagePicture>(96 * 1024 ** 2, ({ webp }) => webp.byteLength);
/** What is known of files after the first look: how many pages, or why there are none. */
const outcomes = new Kept<DrawResult>(2000, () => 1);

interface Batch {
  result: Promise<DrawResult>;
  /** Resolves with a page as soon as it is drawn; undefined for one that was not. */
  page(page: number): Promise<PagePicture | undefined>;
}
const batches = new Map<string, Batch>();

const keyOf = ({ key }: PageSource, page: number, watermark: string | null) =>
  JSON.stringify([key, page, watermark]);

/** A page as a picture with the mark drawn into it; null where the file has no such page, or none that can be shown. */
export async function drawPage(
  source: PageSource,
  page: number,
  watermark: string | null,
): Promise<PagePicture | null> {
  const known = pictures.get(keyOf(source, page, watermark));
  if (known) return known;
  const outcome = outcomes.get(source.key);
  if (outcome && (!outcome.ok || page > outcome.pageCount)) return null;
  return (await batchOf(source, page, watermark).page(page)) ?? null;
}

/** How many pages a file has when it is drawn; null where it can't be. */
export async function countPages(source: PageSource, watermark: string | null): Promise<number | null> {
  const outcome = outcomes.get(source.key) ?? (await batchOf(source, 1, watermark).result);
  return outcome.ok ? outcome.pageCount : null;
}

function batchOf(source: PageSource, page: number, watermark: string | null): Batch {
  const first = page - ((page - 1) % BATCH);
  const key = keyOf(source, first, watermark);
  const open = batches.get(key);
  if (open) return open;
  const waiting = new Map<number, (picture: PagePicture | undefined) => void>();
  const drawn = new Map<number, Promise<PagePicture | undefined>>();
  for (let number = first; number < first + BATCH; number++)
    drawn.set(number, new Promise((resolve) => waiting.set(number, resolve)));
  const draw = () =>
    withCopy(source, (path) =>
      drawPages({
        sources: [{ path, contentType: source.contentType, first, count: BATCH }],
        watermark,
        onPicture: ({ page: number, webp, width, height }) => {
          const picture = { webp, width, height };
          pictures.set(keyOf(source, number, watermark), picture);
          waiting.get(number)?.(picture);
        },
      }),
    );
  const result = inTurn(draw).finally(() => batches.delete(key));
  const settled = result.then(
    (outcome) => {
      // a limit may be another's doing, and gone the next time
      if (outcome.ok || !["timeout", "crashed", "memory"].includes(outcome.reason))
        outcomes.set(source.key, outcome);
      if (!outcome.ok) log().warn({ reason: outcome.reason, detail: outcome.detail }, "page not drawn");
      for (const resolve of waiting.values()) resolve(undefined);
    },
    () => undefined,
  );
  const batch: Batch = {
    result,
    // a failure of the way (storage, too many waiting) is told to whoever waits for a page of it
    page: (number) =>
      Promise.race([drawn.get(number)!, result.then(() => settled.then(() => drawn.get(number)!))]),
  };
  batches.set(key, batch);
  return batch;
}
