import { simulateRoutes } from "#app/api/v1/_resource/access.ts";

export const { POST } = simulateRoutes("document");
