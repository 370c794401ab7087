"use server";
import { action } from "#lib/http/action.ts";
import { unlockForm } from "./forms.ts";

export const unlockByForm = action(unlockForm);
