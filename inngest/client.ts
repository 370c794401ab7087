import { Inngest } from "inngest";

/**
 * The one client. Address and keys come from INNGEST_BASE_URL, INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY, which the
 * library reads itself. Never in development mode: there an unsigned call could run any function.
 */
export const inngest = new Inngest({ id: "sheaf", isDev: false });
