import { collaboratorRoutes } from "#app/api/v1/_resource/collaborators.ts";

export const { PATCH, DELETE } = collaboratorRoutes("collection");
