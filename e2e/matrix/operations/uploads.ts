import type { Domain } from "../domain.ts";
import { has, isKeeper } from "../verdicts.ts";

export const uploads: Domain = {
  scopes: { write: "POST /documents/upload-url  POST /documents/{id}/confirm" },
  resources: [
    {
      ...{
        route: "POST /api/v1/documents/upload-url",
        of: "collection",
        may: has("create_documents"),
        answers: 201,
      },
      ...{ names: "create_documents", tells: () => ({ upload: { method: "PUT" } }) },
      leaves: ({ id }) => [
        "SELECT FROM documents WHERE collection_id = $1 AND status = 'pending' AND name = 'new.txt'",
        id,
      ],
      parts: ({ id }) => ({
        body: {
          collectionId: id,
          filename: "new.txt",
          contentType: "text/plain",
          sizeBytes: 7,
          sha256: "0".repeat(64),
        },
      }),
    },
    {
      // what is confirmed already is answered again to whoever uploaded it
      ...{ route: "POST /api/v1/documents/{id}/confirm", of: "document", asksCollection: true },
      ...{ names: "create_documents", tells: ({ id }) => ({ id, status: (status) => status !== "pending" }) },
      may: (c) => (c.isOwner ? "allowed" : "forbidden"),
      pending: (c) => (isKeeper(c) ? "allowed" : "unseen"),
    },
  ],
};
