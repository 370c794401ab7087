import dynamic from "next/dynamic";
import type { ComponentType } from "react";
import type { Area } from "#lib/i18n/areas/index.ts";
import type { Locale } from "#lib/i18n/locales.ts";

const nothing = () => null;

/**
 * Rendered on the server, each names the file of an area in the page's head, so that it comes along with the scripts and
 * not after them. They must be written out: the framework reads the addresses from the calls.
 */
export const hints: Record<Area, Record<Locale, ComponentType>> = {
  frame: {
    en: dynamic(() => import("#lib/i18n/areas/en/frame.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/frame.ts").then(() => nothing)),
  },
  auth: {
    en: dynamic(() => import("#lib/i18n/areas/en/auth.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/auth.ts").then(() => nothing)),
  },
  workspace: {
    en: dynamic(() => import("#lib/i18n/areas/en/workspace.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/workspace.ts").then(() => nothing)),
  },
  people: {
    en: dynamic(() => import("#lib/i18n/areas/en/people.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/people.ts").then(() => nothing)),
  },
  settings: {
    en: dynamic(() => import("#lib/i18n/areas/en/settings.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/settings.ts").then(() => nothing)),
  },
  audit: {
    en: dynamic(() => import("#lib/i18n/areas/en/audit.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/audit.ts").then(() => nothing)),
  },
  admin: {
    en: dynamic(() => import("#lib/i18n/areas/en/admin.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/admin.ts").then(() => nothing)),
  },
  links: {
    en: dynamic(() => import("#lib/i18n/areas/en/links.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/links.ts").then(() => nothing)),
  },
  share: {
    en: dynamic(() => import("#lib/i18n/areas/en/share.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/share.ts").then(() => nothing)),
  },
  search: {
    en: dynamic(() => import("#lib/i18n/areas/en/search.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/search.ts").then(() => nothing)),
  },
  notifications: {
    en: dynamic(() => import("#lib/i18n/areas/en/notifications.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/notifications.ts").then(() => nothing)),
  },
  viewer: {
    en: dynamic(() => import("#lib/i18n/areas/en/viewer.ts").then(() => nothing)),
    de: dynamic(() => import("#lib/i18n/areas/de/viewer.ts").then(() => nothing)),
  },
};
