import { accessRoutes } from "#app/api/v1/_resource/access.ts";

export const { GET } = accessRoutes("document");
