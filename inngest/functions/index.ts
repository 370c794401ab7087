import { processDocument } from "./process-document.ts";
import { restartStalled } from "./restart-stalled.ts";
import { sendInvitationMail } from "./send-invitation.ts";
import { sendWorkspaceInvitation } from "./send-workspace-letter.ts";
import { sweepExpiredCredentials } from "./sweep-expired.ts";
import { sweepOrphans, sweepUploads } from "./sweep-uploads.ts";

/** Everything the serve route offers. */
export const functions = [
  processDocument,
  restartStalled,
  sendInvitationMail,
  sendWorkspaceInvitation,
  sweepUploads,
  sweepOrphans,
  sweepExpiredCredentials,
];
