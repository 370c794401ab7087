"use client";
import { useEffect } from "react";
import { call } from "#components/call.ts";
import { changeNotificationPreferences } from "#lib/notifications/api.ts";
import type { NotificationCountView } from "#lib/notifications/schema.ts";

let noted: string | undefined;

/** Tells the server this browser's time zone when it is another than the one it knows, so that summaries come in the morning. */
export function useNoteTimeZone(known: NotificationCountView | undefined): void {
  useEffect(() => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (!known || !timeZone || known.timeZone === timeZone || noted === timeZone) return;
    noted = timeZone;
    // nobody waits for it, and the next page tries again
    call(changeNotificationPreferences, { body: { timeZone } }).catch(() => undefined);
  }, [known]);
}
