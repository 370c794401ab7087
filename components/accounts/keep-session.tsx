"use client";
import { useEffect } from "react";

const rememberedAs = "sheaf-session-kept-at";
const DAY_MS = 86_400_000;

/** Moves the end of a session in use: asks for a fresh cookie once a day per browser. */
export function KeepSession() {
  useEffect(() => {
    try {
      const last = Number(localStorage.getItem(rememberedAs));
      if (Date.now() - last < DAY_MS) return;
      localStorage.setItem(rememberedAs, String(Date.now()));
    } catch {
      // storage is off: then once per load
    }
    // a failure is no matter: the next page asks again, and the session lasts for weeks
    // eslint-disable-next-line no-restricted-syntax -- next-auth has this address
    fetch("/api/auth/session").catch(() => {});
  }, []);
  return null;
}
