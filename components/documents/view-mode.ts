export type ViewMode = "grid" | "list";

/** Cookie with the way a person likes to see documents, so that the first paint is right. */
export const viewModeCookie = "sheaf-view";
export const viewModeOf = (value: string | undefined): ViewMode => (value === "list" ? "list" : "grid");

/** Cookie with whether the details stand open beside a document. */
export const detailsCookie = "sheaf-details";
