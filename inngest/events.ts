import { z } from "zod";

const document = z.object({ documentId: z.uuid() });

/** Every event, by name. Payloads carry ids only; functions read the state themselves. */
export const eventSchemas = {
  "document/uploaded": document,
  "document/processed": document,
  "collaborator/added": z.object({ collaboratorId: z.uuid() }),
  "collaborator/reminded": z.object({ collaboratorId: z.uuid(), reminderId: z.uuid() }),
  "member/invited": z.object({ workspaceInvitationId: z.uuid() }),
  "notification/created": z.object({ notificationId: z.uuid(), userId: z.uuid() }),
  "notification/mail-due": z.object({ userId: z.uuid() }),
} as const;
