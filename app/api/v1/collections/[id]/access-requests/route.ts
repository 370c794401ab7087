import { accessRequestsRoutes } from "../../../_resource/access-requests.ts";

export const { GET, POST } = accessRequestsRoutes("collection");
