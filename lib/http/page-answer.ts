/**
 * What a page adds to its answer while it is drawn: Next lets a page set neither a status of its own nor a cookie. The
 * server in front opens an entry for each request under the nonce that it hands to the page, and writes what is in it with
 * the head of the answer.
 */
export interface PageAnswer {
  status?: number;
  /** Each as the whole text of a `Set-Cookie`. */
  cookies: string[];
  headers: Record<string, string>;
}

/** The server and the pages are bundled apart: what both know is on the process. */
const key = Symbol.for("sheaf.pageAnswers");
const holder = globalThis as { [key]?: Map<string, PageAnswer> };
const open = (holder[key] ??= new Map<string, PageAnswer>());

/** For the server: opens the entry of a request. It is to be closed with it. */
export function openPageAnswer(nonce: string): PageAnswer {
  const answer: PageAnswer = { cookies: [], headers: {} };
  open.set(nonce, answer);
  return answer;
}
export const closePageAnswer = (nonce: string): void => void open.delete(nonce);

/** For pages, before they return anything: what their answer says besides. Nothing happens without the server in front. */
export function answerPage(
  headers: Pick<Headers, "get">,
  { status, cookies = [], headers: more = {} }: Partial<PageAnswer>,
): void {
  const answer = open.get(headers.get("x-nonce") ?? "");
  if (!answer) return;
  if (status !== undefined) answer.status = status;
  answer.cookies.push(...cookies);
  Object.assign(answer.headers, more);
}
