export { inviteMembers, listInvitations, renewInvitation, revokeInvitation } from "./invitations.ts";
export { acceptOffer, declineOffer, joinInvited, listOffers } from "./joining.ts";
export { listOutsiders } from "./outsiders.ts";
export { getRemoval, listPeople, removeMember, updateMember } from "./people.ts";
export { renameWorkspace } from "./workspace.ts";
