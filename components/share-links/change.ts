import type { ChangeLinkInput, LinkView } from "#lib/links/schema.ts";

/** A link as it will be with a change, as far as that can be told before the server answers. */
export function changedLink(link: LinkView, { password, ...change }: ChangeLinkInput): LinkView {
  const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const next: LinkView = { ...link, ...named };
  if (password !== undefined) next.hasPassword = password !== null;
  // who may save the file needs no name on what they are shown; once they may not, it is there unless it is refused
  next.watermark = !next.allowDownload && (change.watermark ?? (link.watermark || link.allowDownload));
  if (link.state === "expired" && change.expiresAt !== undefined) next.state = "open";
  if (next.state === "open" || next.state === "used_up")
    next.state = next.maxUses !== null && next.useCount >= next.maxUses ? "used_up" : "open";
  return next;
}
