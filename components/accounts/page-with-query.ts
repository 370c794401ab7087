/** The props of a page that reads its query. */
export interface PageWithQuery {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}
