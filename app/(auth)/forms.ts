import { POST as requestMagicLink } from "#app/api/v1/auth/magic-link/route.ts";
import { POST as resetPassword } from "#app/api/v1/auth/password-reset/confirm/route.ts";
import { POST as requestPasswordReset } from "#app/api/v1/auth/password-reset/route.ts";
import { POST as register } from "#app/api/v1/auth/register/route.ts";
import { POST as unsubscribe } from "#app/api/v1/unsubscribe/route.ts";
import { safeNextPath } from "#components/accounts/next-path.ts";
import { failureOf } from "#components/accounts/sign-in-failure.ts";
import { signInByForm } from "#lib/accounts/sign-in-form.ts";
import { formOf, type PageForm } from "#lib/http/form-post.ts";
import { isSameOrigin } from "#lib/http/request.ts";
import { localeFromHeaders, translator } from "#lib/i18n/index.ts";

/** A form that signs in. It asks next-auth's route, which is no operation. `secrets` are not shown again. */
const signingIn = (
  name: string,
  way: "credentials" | "magic-link",
  { plain = [], secrets }: { plain?: string[]; secrets: string[] },
): PageForm => ({
  name,
  async post(form, headers) {
    const text = (field: string) => {
      const value = form.get(field);
      return typeof value === "string" ? value : "";
    };
    const entered = [...plain, ...secrets].map((field) => [field, text(field)] as const);
    const credentials = Object.fromEntries(entered.filter(([, value]) => value !== ""));
    const isOwn = isSameOrigin(headers);
    const result = isOwn ? await signInByForm(headers, way, credentials) : { error: "unavailable" };
    const values = Object.fromEntries(plain.map((field) => [field, text(field).slice(0, 300)]));
    if ("cookies" in result) {
      const outcome = { form: name, isDone: true, detail: "", errors: [], values };
      return { status: 200, outcome, path: safeNextPath(text("next")), cookies: result.cookies };
    }
    const detail = translator(localeFromHeaders(headers))(`auth.signIn.${failureOf(result.error)}`);
    const isCode = result.error === "code_needed" || result.error === "wrong_code";
    const errors = isCode ? [{ path: "code", message: detail }] : [];
    return {
      status: isOwn ? 401 : 403,
      outcome: { form: name, isDone: false, detail, errors, values },
      path: null,
      cookies: [],
    };
  },
});

export const signInForm = signingIn("sign-in", "credentials", {
  plain: ["email"],
  secrets: ["password", "code"],
});
export const signInByLinkForm = signingIn("sign-in-link", "magic-link", { secrets: ["token", "code"] });

export const magicLinkForm = formOf({
  name: "magic-link",
  handler: requestMagicLink,
  keeps: ["email"],
  input(fields) {
    const next = safeNextPath(fields("next"));
    return { body: { email: fields("email"), ...(next !== "/" && { next }) } };
  },
});

export const signUpForm = formOf({
  name: "sign-up",
  handler: register,
  keeps: ["name", "email"],
  input: (fields) => ({
    body: { name: fields("name"), email: fields("email"), password: fields("password") },
  }),
  async next({ email, isConfirmationNeeded }, fields, headers) {
    if (isConfirmationNeeded) return null;
    // nobody is signed in where the address has an account with another password
    const signedIn = await signInByForm(headers, "credentials", { email, password: fields("password") });
    return "cookies" in signedIn ? { path: safeNextPath(fields("next")), cookies: signedIn.cookies } : null;
  },
});

export const forgotPasswordForm = formOf({
  name: "forgot-password",
  handler: requestPasswordReset,
  keeps: ["email"],
  input: (fields) => ({ body: { email: fields("email") } }),
});

export const resetPasswordForm = formOf({
  name: "reset-password",
  handler: resetPassword,
  input: (fields) => ({ body: { token: fields("token"), password: fields("password") } }),
  next: () => "/sign-in?notice=password-changed",
});

export const unsubscribeForm = formOf({
  name: "unsubscribe",
  handler: unsubscribe,
  input: (fields) => ({ query: { token: fields("token") } }),
});
