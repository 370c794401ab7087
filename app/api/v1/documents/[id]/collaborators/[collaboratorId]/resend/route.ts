import { resendRoutes } from "#app/api/v1/_resource/collaborators.ts";

export const { POST } = resendRoutes("document");
