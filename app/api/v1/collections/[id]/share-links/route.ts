import { shareLinksRoutes } from "../../../_resource/share-links.ts";

export const { GET, POST } = shareLinksRoutes("collection");
