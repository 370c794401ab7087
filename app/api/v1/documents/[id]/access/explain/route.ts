import { explainRoutes } from "#app/api/v1/_resource/access.ts";

export const { GET } = explainRoutes("document");
