export { refusing, unsubscribing } from "./letters.ts";
export { findPeopleWithMail, mailNotifications, pruneNotifications, wantsLetter } from "./mail.ts";
export { notify } from "./notify.ts";
export { changeNotificationPreferences, getNotificationPreferences } from "./preferences.ts";
export { countNotifications, listNotifications, readNotifications } from "./read.ts";
export { notifyingEvents } from "./registry.ts";
export { describeUnsubscription, unsubscribe } from "./unsubscribe.ts";
