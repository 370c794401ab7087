import { type Locale } from "../locales.ts";
import enCommon from "./en/common.json" with { type: "json" };
import enShell from "./en/shell.json" with { type: "json" };
import enAuth from "./en/auth.json" with { type: "json" };
import enHome from "./en/home.json" with { type: "json" };
import enCollection from "./en/collection.json" with { type: "json" };
import enCollectionSettings from "./en/collectionSettings.json" with { type: "json" };
import enDocument from "./en/document.json" with { type: "json" };
import enUpload from "./en/upload.json" with { type: "json" };
import enShare from "./en/share.json" with { type: "json" };
import enAccess from "./en/access.json" with { type: "json" };
import enAdmin from "./en/admin.json" with { type: "json" };
import enAudit from "./en/audit.json" with { type: "json" };
import enGroups from "./en/groups.json" with { type: "json" };
import enOwnership from "./en/ownership.json" with { type: "json" };
import enPeople from "./en/people.json" with { type: "json" };
import enRequests from "./en/requests.json" with { type: "json" };
import enShares from "./en/shares.json" with { type: "json" };
import enSettings from "./en/settings.json" with { type: "json" };
import enSearch from "./en/search.json" with { type: "json" };
import enPublic from "./en/public.json" with { type: "json" };
import enNotifications from "./en/notifications.json" with { type: "json" };
import enLink from "./en/link.json" with { type: "json" };
import enLinks from "./en/links.json" with { type: "json" };
import enFailure from "./en/failure.json" with { type: "json" };
import enErrors from "./en/errors.json" with { type: "json" };
import enProblems from "./en/problems.json" with { type: "json" };
import enMail from "./en/mail.json" with { type: "json" };
import deCommon from "./de/common.json" with { type: "json" };
import deShell from "./de/shell.json" with { type: "json" };
import deAuth from "./de/auth.json" with { type: "json" };
import deHome from "./de/home.json" with { type: "json" };
import deCollection from "./de/collection.json" with { type: "json" };
import deCollectionSettings from "./de/collectionSettings.json" with { type: "json" };
import deDocument from "./de/document.json" with { type: "json" };
import deUpload from "./de/upload.json" with { type: "json" };
import deShare from "./de/share.json" with { type: "json" };
import deAccess from "./de/access.json" with { type: "json" };
import deAdmin from "./de/admin.json" with { type: "json" };
import deAudit from "./de/audit.json" with { type: "json" };
import deGroups from "./de/groups.json" with { type: "json" };
import deOwnership from "./de/ownership.json" with { type: "json" };
import dePeople from "./de/people.json" with { type: "json" };
import deRequests from "./de/requests.json" with { type: "json" };
import deShares from "./de/shares.json" with { type: "json" };
import deSettings from "./de/settings.json" with { type: "json" };
import deSearch from "./de/search.json" with { type: "json" };
import dePublic from "./de/public.json" with { type: "json" };
import deNotifications from "./de/notifications.json" with { type: "json" };
import deLink from "./de/link.json" with { type: "json" };
import deLinks from "./de/links.json" with { type: "json" };
import deFailure from "./de/failure.json" with { type: "json" };
import deErrors from "./de/errors.json" with { type: "json" };
import deProblems from "./de/problems.json" with { type: "json" };
import deMail from "./de/mail.json" with { type: "json" };

/** The message files by namespace; a namespace is one file per language. */
const en = {
  common: enCommon,
  shell: enShell,
  auth: enAuth,
  home: enHome,
  collection: enCollection,
  collectionSettings: enCollectionSettings,
  document: enDocument,
  upload: enUpload,
  share: enShare,
  access: enAccess,
  admin: enAdmin,
  audit: enAudit,
  groups: enGroups,
  ownership: enOwnership,
  people: enPeople,
  requests: enRequests,
  settings: enSettings,
  shares: enShares,
  search: enSearch,
  public: enPublic,
  notifications: enNotifications,
  link: enLink,
  links: enLinks,
  failure: enFailure,
  errors: enErrors,
  problems: enProblems,
  mail: enMail,
};

export type Messages = typeof en;

// English is the pattern: a key missing in German is a type error, an extra one fails a test.
const de: Messages = {
  common: deCommon,
  shell: deShell,
  auth: deAuth,
  home: deHome,
  collection: deCollection,
  collectionSettings: deCollectionSettings,
  document: deDocument,
  upload: deUpload,
  share: deShare,
  access: deAccess,
  admin: deAdmin,
  audit: deAudit,
  groups: deGroups,
  ownership: deOwnership,
  people: dePeople,
  requests: deRequests,
  settings: deSettings,
  shares: deShares,
  search: deSearch,
  public: dePublic,
  notifications: deNotifications,
  link: deLink,
  links: deLinks,
  failure: deFailure,
  errors: deErrors,
  problems: deProblems,
  mail: deMail,
};

/** All messages, by language. */
export const messages: Record<Locale, Messages> = { en, de };
