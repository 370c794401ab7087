"use server";
import { action } from "#lib/http/action.ts";
import {
  forgotPasswordForm,
  magicLinkForm,
  resetPasswordForm,
  signInByLinkForm,
  signInForm,
  signUpForm,
  unsubscribeForm,
} from "./forms.ts";

export const signIn = action(signInForm);
export const signInByLink = action(signInByLinkForm);
export const sendLink = action(magicLinkForm);
export const signUp = action(signUpForm);
export const forgotPassword = action(forgotPasswordForm);
export const resetPassword = action(resetPasswordForm);
export const unsubscribe = action(unsubscribeForm);
