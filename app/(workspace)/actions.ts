"use server";
import { action } from "#lib/http/action.ts";
import * as forms from "./forms.ts";

export const createCollection = action(forms.createCollectionForm);
export const renameCollection = action(forms.renameCollectionForm);
export const addCollaborator = action(forms.addCollaboratorForm);
export const acceptOffer = action(forms.acceptOfferForm);
export const askForCollection = action(forms.askForCollectionForm);
export const askForDocument = action(forms.askForDocumentForm);
export const approveRequest = action(forms.approveRequestForm);
export const declineRequest = action(forms.declineRequestForm);
export const acceptTransfer = action(forms.acceptTransferForm);
export const declineTransfer = action(forms.declineTransferForm);
