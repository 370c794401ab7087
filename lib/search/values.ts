/** What can be looked for alone: documents by their kind, collections, people. */
export const searchTypes = ["pdf", "image", "table", "text", "collection", "person"] as const;
export type SearchType = (typeof searchTypes)[number];

/** A query is no longer than this; of its words the first eight count. */
export const MOST_QUERY_CHARACTERS = 200;
