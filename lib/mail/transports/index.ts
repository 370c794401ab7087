import { env } from "#lib/env/index.ts";
import { folder } from "./folder.ts";
import { resend } from "./resend.ts";
import { smtp } from "./smtp.ts";
import { type Transport } from "./transport.ts";

/** As it is configured: Resend, a mail server, or a folder. */
export const transport = (): Transport => (env.RESEND_API_KEY ? resend : env.SMTP_URL ? smtp : folder);

/** Whether mails leave this machine. Where they don't, addresses count as verified. */
export const isMailConfigured = (): boolean => Boolean(env.RESEND_API_KEY ?? env.SMTP_URL);
