import { notify } from "#lib/notifications/notify.ts";

/** A process that tells people of one event, to be killed while it does. */
const [event = "{}"] = process.argv.slice(2);
await notify(JSON.parse(event) as Parameters<typeof notify>[0]);
process.exit();
