import { createHash } from "node:crypto";
import { getTranslations } from "next-intl/server";
import { addressBlock, clientAddress } from "#lib/http/request.ts";
import { cardSvg } from "#lib/links/card.ts";
import { drawCard } from "#lib/pdf/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { previewOf } from "../meet.ts";

/** A person pastes a link now and then; each picture costs half a second. */
const drawing = {
  name: "linkCard",
  limit: { most: 60, windowSeconds: 60, per: "address", isShared: false },
} as const;
const MOST_CARDS = 200;
const cards = new Map<string, Promise<Buffer | null>>();

/** The picture that other programs show of a link: its name and owner, and of a protected link neither. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ token: string }> },
): Promise<Response> {
  try {
    await countCall(drawing, addressBlock(clientAddress(request.headers)));
    const [told, t] = await Promise.all([
      previewOf((await params).token, request.headers),
      getTranslations("link"),
    ]);
    const svg = told
      ? cardSvg({ title: told.resource.name, text: t("sharedBy", { name: told.ownerName }) })
      : cardSvg({ title: t("card.title"), text: t("card.text") });
    const png = await cardOf(svg);
    if (!png) return new Response(null, { status: 503 });
    return new Response(new Uint8Array(png), {
      headers: { "content-type": "image/png", "cache-control": "private, max-age=300" },
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    return new Response(null, { status: error.status });
  }
}

/** Drawn once for each text, however many ask. */
function cardOf(svg: string): Promise<Buffer | null> {
  const key = createHash("sha256").update(svg).digest("base64url");
  let card = cards.get(key);
  if (!card) {
    for (const oldest of cards.keys()) {
      if (cards.size < MOST_CARDS) break;
      cards.delete(oldest);
    }
    card = drawCard(svg);
    cards.set(key, card);
    // what failed may succeed next time
    card.then((png) => png ?? cards.delete(key)).catch(() => cards.delete(key));
  }
  return card;
}
