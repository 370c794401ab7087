import { z } from "zod";

const document = z.object({ documentId: z.uuid() });

/** Every event there is, by name. Payloads carry ids only; state is read again where it is needed. */
export const eventSchemas = {
  "document/uploaded": document,
  "document/processed": document,
  "collaborator/added": z.object({ collaboratorId: z.uuid() }),
  "member/invited": z.object({ workspaceInvitationId: z.uuid() }),
} as const;
