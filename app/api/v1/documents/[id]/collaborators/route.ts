import { collaboratorsRoutes } from "#app/api/v1/_resource/collaborators.ts";

export const { GET, POST } = collaboratorsRoutes("document");
