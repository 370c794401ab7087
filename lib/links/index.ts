export { changeLink, createLink, listLinks, regenerateLink, revokeLink } from "./manage.ts";
export { countSharedPages, getMarkedThumbnail, getSharedPage } from "./pages.ts";
export { isPreview } from "./previews.ts";
export {
  describeShared,
  getSharedContentUrl,
  getSharedDocument,
  getSharedThumbnailUrl,
  listSharedDocuments,
  meetShared,
} from "./shared.ts";
export { type Arrival, enterLink, meetLink, unlockLink, type Visit } from "./visits.ts";
export { listWorkspaceLinks, revokeWorkspaceLink } from "./workspace.ts";
