import { POST as approveRequest } from "#app/api/v1/access-requests/[id]/approve/route.ts";
import { POST as declineRequest } from "#app/api/v1/access-requests/[id]/decline/route.ts";
import { POST as askForCollection } from "#app/api/v1/collections/[id]/access-requests/route.ts";
import { POST as askForDocument } from "#app/api/v1/documents/[id]/access-requests/route.ts";
import { PATCH as updateCollection } from "#app/api/v1/collections/[id]/route.ts";
import { POST as grant } from "#app/api/v1/collections/[id]/collaborators/route.ts";
import { POST as createCollection } from "#app/api/v1/collections/route.ts";
import { POST as acceptOffer } from "#app/api/v1/me/workspace-invitations/[id]/accept/route.ts";
import { POST as acceptTransfer } from "#app/api/v1/transfers/[id]/accept/route.ts";
import { POST as declineTransfer } from "#app/api/v1/transfers/[id]/decline/route.ts";
import { isBuiltInRole } from "#lib/authz/permissions.ts";
import { type Fields, formOf } from "#lib/http/form-post.ts";

export const createCollectionForm = formOf({
  name: "create-collection",
  handler: createCollection,
  keeps: ["name", "description"],
  input: (fields) => ({ body: { name: fields("name"), description: fields("description") } }),
  next: ({ id }) => `/collections/${id}`,
});

export const renameCollectionForm = formOf({
  name: "rename-collection",
  handler: updateCollection,
  keeps: ["name"],
  input: (fields) => ({
    params: { id: fields("id") },
    body: { version: Number(fields("version")), name: fields("name") },
  }),
});

export const addCollaboratorForm = formOf({
  name: "add-collaborator",
  handler: grant,
  keeps: ["email"],
  input(fields) {
    const role = fields("role");
    return {
      params: { id: fields("id") },
      // a role of another name is refused as a missing one is
      body: { email: fields("email"), role: isBuiltInRole(role) ? role : undefined },
    };
  },
});

export const acceptOfferForm = formOf({
  name: "accept-offer",
  handler: acceptOffer,
  input: (fields) => ({ params: { id: fields("id") } }),
  next: () => "/",
});

const asking = { name: "ask-access", keeps: ["message"] } as const;
const askedFor = (fields: Fields) => ({
  params: { id: fields("id") },
  body: { message: fields("message") },
});
export const askForCollectionForm = formOf({ ...asking, handler: askForCollection, input: askedFor });
export const askForDocumentForm = formOf({ ...asking, handler: askForDocument, input: askedFor });

export const approveRequestForm = formOf({
  name: "approve-request",
  handler: approveRequest,
  input(fields) {
    const role = fields("role");
    return { params: { id: fields("id") }, body: { role: isBuiltInRole(role) ? role : undefined } };
  },
});

export const declineRequestForm = formOf({
  name: "decline-request",
  handler: declineRequest,
  input: (fields) => ({ params: { id: fields("id") } }),
});

const answered = (fields: Fields) => ({ params: { id: fields("id") } });
export const acceptTransferForm = formOf({
  name: "accept-transfer",
  handler: acceptTransfer,
  input: answered,
});
export const declineTransferForm = formOf({
  name: "decline-transfer",
  handler: declineTransfer,
  input: answered,
});
