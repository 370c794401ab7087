import { type Locale } from "../locales.ts";
import { type Messages } from "../messages/index.ts";

/**
 * The messages that browsers are given, by the part of the product that uses them. Each area and language is a file of
 * its own, kept by browsers for good: no page carries texts, and nobody loads those of another language.
 */
const loaders = {
  /** Every page. */
  frame: { en: () => import("./en/frame.ts"), de: () => import("./de/frame.ts") },
  auth: { en: () => import("./en/auth.ts"), de: () => import("./de/auth.ts") },
  workspace: { en: () => import("./en/workspace.ts"), de: () => import("./de/workspace.ts") },
  people: { en: () => import("./en/people.ts"), de: () => import("./de/people.ts") },
  settings: { en: () => import("./en/settings.ts"), de: () => import("./de/settings.ts") },
  search: { en: () => import("./en/search.ts"), de: () => import("./de/search.ts") },
  notifications: { en: () => import("./en/notifications.ts"), de: () => import("./de/notifications.ts") },
  audit: { en: () => import("./en/audit.ts"), de: () => import("./de/audit.ts") },
  admin: { en: () => import("./en/admin.ts"), de: () => import("./de/admin.ts") },
  links: { en: () => import("./en/links.ts"), de: () => import("./de/links.ts") },
  share: { en: () => import("./en/share.ts"), de: () => import("./de/share.ts") },
  /** Viewers of documents on the pages of links, which have no other messages. */
  viewer: { en: () => import("./en/viewer.ts"), de: () => import("./de/viewer.ts") },
} satisfies Record<string, Record<Locale, () => Promise<{ default: AreaMessages }>>>;

export type Area = keyof typeof loaders;
export type AreaMessages = Partial<Messages>;

/** @internal */
export const areas = Object.keys(loaders) as Area[];

const loaded = new Map<string, Promise<AreaMessages>>();

/** The messages of an area: the same promise each time, so that React can wait for it. */
export function loadArea(area: Area, locale: Locale): Promise<AreaMessages> {
  const key = `${area} ${locale}`;
  let loading = loaded.get(key);
  if (!loading) {
    loading = loaders[area][locale]().then((module): AreaMessages => module.default);
    loaded.set(key, loading);
    // a file that did not arrive may arrive next time
    loading.catch(() => loaded.delete(key));
  }
  return loading;
}
