/**
 * Programs that fetch a link because somebody pasted it somewhere: to draw a preview, to look for harm, to index. They are
 * nobody's visit, so they are shown the link's card and nothing behind it; saying to be one of them gets no further.
 */
const programs =
  /(?<!cu)bot(?:[/;) -]|$)|crawler|spider|preview|externalhit|facebookcatalog|facebot|slack|discord|telegram|whatsapp|linkedin|pinterest|embedly|iframely|vkshare|kakaotalk-scrap|skypeuri|cardyb|snapchat|redditbot|mattermost|rocket\.chat|synapse|mastodon|pleroma|bitlybot|urlcheck|safebrowsing|ms-office|microsoft office|google-read-aloud|google-safety/i;

/** A browser inside another program is a person's all the same. */
const browsersInside = /\b(FBAN|FBAV|Instagram|LinkedInApp|Snapchat\/[\d.]+ \()/;

/** User agents are longer only on purpose. */
const MOST_CHARACTERS = 600;

/** Whether a request is no visit: one for the head of an answer alone, or of a program that makes previews. */
export function isPreview({ method, userAgent }: { method: string; userAgent: string | null }): boolean {
  if (method === "HEAD") return true;
  const agent = userAgent?.slice(0, MOST_CHARACTERS) ?? "";
  return programs.test(agent) && !browsersInside.test(agent);
}
