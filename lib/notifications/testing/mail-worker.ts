import { mailNotifications } from "#lib/notifications/mail.ts";

/** A process that mails one person what is due to them, to be killed while it does. */
const [userId = ""] = process.argv.slice(2);
await mailNotifications(userId, { leaseSeconds: 3, lostAfterSeconds: 1 });
process.exit();
