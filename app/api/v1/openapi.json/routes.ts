import * as register from "../auth/register/route.ts";
import * as passwordReset from "../auth/password-reset/route.ts";
import * as passwordResetConfirm from "../auth/password-reset/confirm/route.ts";
import * as verifyEmail from "../auth/verify-email/route.ts";
import * as emailChangeConfirm from "../auth/email-change/confirm/route.ts";
import * as me from "../me/route.ts";
import * as password from "../me/password/route.ts";
import * as sessions from "../me/sessions/route.ts";
import * as session from "../me/sessions/[id]/route.ts";
import * as tokens from "../me/tokens/route.ts";
import * as token from "../me/tokens/[id]/route.ts";
import * as emailChange from "../me/email-change/route.ts";
import * as secondFactor from "../me/second-factor/route.ts";
import * as secondFactorActivate from "../me/second-factor/activate/route.ts";
import * as secondFactorRemove from "../me/second-factor/remove/route.ts";
import * as backupCodes from "../me/second-factor/backup-codes/route.ts";
import * as closing from "../me/closing/route.ts";
import * as settings from "../settings/route.ts";
import * as collections from "../collections/route.ts";
import * as collection from "../collections/[id]/route.ts";
import * as collectionRestore from "../collections/[id]/restore/route.ts";
import * as collaborators from "../collections/[id]/collaborators/route.ts";
import * as collaborator from "../collections/[id]/collaborators/[collaboratorId]/route.ts";
import * as collectionAccess from "../collections/[id]/access/route.ts";
import * as collectionExplain from "../collections/[id]/access/explain/route.ts";
import * as collectionSimulate from "../collections/[id]/access/simulate/route.ts";
import * as visibility from "../collections/[id]/visibility/route.ts";
import * as documents from "../documents/route.ts";
import * as uploadUrl from "../documents/upload-url/route.ts";
import * as document from "../documents/[id]/route.ts";
import * as documentConfirm from "../documents/[id]/confirm/route.ts";
import * as documentProcess from "../documents/[id]/process/route.ts";
import * as documentRestore from "../documents/[id]/restore/route.ts";
import * as documentDownload from "../documents/[id]/download/route.ts";
import * as documentContentUrl from "../documents/[id]/content-url/route.ts";
import * as documentThumbnail from "../documents/[id]/thumbnail/route.ts";
import * as documentCollaborators from "../documents/[id]/collaborators/route.ts";
import * as documentCollaborator from "../documents/[id]/collaborators/[collaboratorId]/route.ts";
import * as documentAccess from "../documents/[id]/access/route.ts";
import * as documentExplain from "../documents/[id]/access/explain/route.ts";
import * as documentSimulate from "../documents/[id]/access/simulate/route.ts";
import * as accessMode from "../documents/[id]/access-mode/route.ts";
import * as subjects from "../subjects/route.ts";
import * as roles from "../roles/route.ts";
import * as role from "../roles/[id]/route.ts";
import * as quota from "../me/quota/route.ts";
import * as groups from "../groups/route.ts";
import * as group from "../groups/[id]/route.ts";
import * as groupMembers from "../groups/[id]/members/route.ts";
import * as groupNested from "../groups/[id]/nested/route.ts";
import * as groupNestedOne from "../groups/[id]/nested/[childId]/route.ts";
import * as groupReach from "../groups/[id]/reach/route.ts";
import * as workspace from "../workspace/route.ts";
import * as members from "../workspace/members/route.ts";
import * as member from "../workspace/members/[id]/route.ts";
import * as memberRemoval from "../workspace/members/[id]/removal/route.ts";
import * as outsiders from "../workspace/outsiders/route.ts";
import * as workspaceInvitations from "../workspace/invitations/route.ts";
import * as workspaceInvitation from "../workspace/invitations/[id]/route.ts";
import * as workspaceInvitationRenew from "../workspace/invitations/[id]/renew/route.ts";
import * as offers from "../me/workspace-invitations/route.ts";
import * as offerAccept from "../me/workspace-invitations/[id]/accept/route.ts";
import * as offerDecline from "../me/workspace-invitations/[id]/decline/route.ts";

/** The route files of the API; a test fails when one is missing here. */
export const routeModules = [
  register,
  passwordReset,
  passwordResetConfirm,
  verifyEmail,
  emailChangeConfirm,
  me,
  password,
  sessions,
  session,
  tokens,
  token,
  emailChange,
  secondFactor,
  secondFactorActivate,
  secondFactorRemove,
  backupCodes,
  closing,
  settings,
  collections,
  collection,
  collectionRestore,
  collaborators,
  collaborator,
  collectionAccess,
  collectionExplain,
  collectionSimulate,
  visibility,
  documents,
  uploadUrl,
  document,
  documentConfirm,
  documentProcess,
  documentRestore,
  documentDownload,
  documentContentUrl,
  documentThumbnail,
  documentCollaborators,
  documentCollaborator,
  documentAccess,
  documentExplain,
  documentSimulate,
  accessMode,
  subjects,
  roles,
  role,
  quota,
  groups,
  group,
  groupMembers,
  groupNested,
  groupNestedOne,
  groupReach,
  workspace,
  members,
  member,
  memberRemoval,
  outsiders,
  workspaceInvitations,
  workspaceInvitation,
  workspaceInvitationRenew,
  offers,
  offerAccept,
  offerDecline,
];

/** What every route of the API declares. */
export const declarations = routeModules.flatMap((module) =>
  Object.values(module).map((handler) => handler.declaration),
);
