import * as api from "#lib/accounts/api.ts";
import { getSettings, updateSettings } from "#lib/accounts/index.ts";
import { settingsViewSchema, updateSettingsSchema } from "#lib/accounts/schema.ts";
import { usesSecureCookies } from "#lib/auth/index.ts";
import { route } from "#lib/http/route.ts";
import { localeCookie } from "#lib/i18n/index.ts";

export const GET = route(api.getSettings, { answers: { 200: settingsViewSchema } }, async ({ actor }) => ({
  body: await getSettings(actor),
}));

export const PATCH = route(
  api.updateSettings,
  { body: updateSettingsSchema, answers: { 200: settingsViewSchema } },
  async ({ actor, sessionId, body }) => {
    const settings = await updateSettings(actor, body);
    if (!body.language || !sessionId) return { body: settings };
    const secure = usesSecureCookies() ? "; Secure" : "";
    const cookie = `${localeCookie}=${body.language}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    return { body: settings, headers: { "set-cookie": cookie } };
  },
);
