import { addressOf } from "#lib/http/operation.ts";
import { downloadShared, getSharedPage, getSharedThumbnail } from "#lib/links/api.ts";

/** The addresses that the pages of a link lead to; `after` is the place in the list of its documents. */
const page = (path: string, after?: string | null) =>
  after ? `${path}?after=${encodeURIComponent(after)}` : path;
export const linkPath = (token: string, after?: string | null): string =>
  page(`/share/${encodeURIComponent(token)}`, after);
export const documentPath = (token: string, id: string, after?: string | null): string =>
  page(`${linkPath(token)}/documents/${id}`, after);

export const thumbnailAddress = (token: string, id: string): string =>
  addressOf(getSharedThumbnail, { params: { token, id } });
export const pageAddress = (token: string, id: string, page: number): string =>
  addressOf(getSharedPage, { params: { token, id, page } });
/** Of the file: for saving, or `inline` for showing in place. */
export const fileAddress = (token: string, id: string, { inline = false } = {}): string =>
  addressOf(downloadShared, { params: { token, id }, query: { inline: inline ? "1" : undefined } });
