import { api, type ApiError } from "#components/api.ts";
import { type DocumentView, documentViewSchema } from "#lib/documents/schema.ts";

/** The state a stale write met: as the refusal carries it, else read anew. */
export async function readCurrent(refusal: ApiError, id: string): Promise<DocumentView> {
  const carried = documentViewSchema.safeParse(refusal.details.current);
  return carried.success ? carried.data : api<DocumentView>(`/api/v1/documents/${id}`);
}
