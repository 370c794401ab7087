/** What kind of viewer and icon a type gets. */
export type DocumentKind = "pdf" | "image" | "table" | "text";

export function kindOf(contentType: string): DocumentKind {
  if (contentType === "application/pdf") return "pdf";
  if (contentType.startsWith("image/")) return "image";
  return contentType === "text/csv" ? "table" : "text";
}
