import { mailDue, mailNotified, pruneNotified } from "./mail-notifications.ts";
import { mailAuditCheckpoints, publishAuditCheckpoints } from "./audit-checkpoints.ts";
import { notifyPeople } from "./notify.ts";
import { processDocument } from "./process-document.ts";
import { restartStalled } from "./restart-stalled.ts";
import { sendInvitationAgain, sendInvitationMail } from "./send-invitation.ts";
import { sendWorkspaceInvitationMail } from "./send-workspace-invitation.ts";
import { sweepExpiredCredentials } from "./sweep-expired.ts";
import { sweepRequests } from "./sweep-requests.ts";
import { sweepOrphans, sweepUploads } from "./sweep-uploads.ts";

/** Every function of the app, for the serve route. */
export const functions = [
  notifyPeople,
  mailNotified,
  mailDue,
  pruneNotified,
  processDocument,
  restartStalled,
  sendInvitationMail,
  sendInvitationAgain,
  sendWorkspaceInvitationMail,
  sweepUploads,
  sweepOrphans,
  sweepExpiredCredentials,
  sweepRequests,
  publishAuditCheckpoints,
  mailAuditCheckpoints,
];
