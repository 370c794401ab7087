import { Inngest } from "inngest";

/**
 * The library reads INNGEST_BASE_URL, INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY itself. Development mode stays off: it
 * accepts unsigned calls, which could run any function.
 */
export const inngest = new Inngest({ id: "sheaf", isDev: false });
