import { type Locale } from "../locales.ts";
import enCommon from "./en/common.json" with { type: "json" };
import enShell from "./en/shell.json" with { type: "json" };
import enAuth from "./en/auth.json" with { type: "json" };
import enHome from "./en/home.json" with { type: "json" };
import enCollection from "./en/collection.json" with { type: "json" };
import enDocument from "./en/document.json" with { type: "json" };
import enUpload from "./en/upload.json" with { type: "json" };
import enShare from "./en/share.json" with { type: "json" };
import enAccess from "./en/access.json" with { type: "json" };
import enGroups from "./en/groups.json" with { type: "json" };
import enPeople from "./en/people.json" with { type: "json" };
import enSettings from "./en/settings.json" with { type: "json" };
import enErrors from "./en/errors.json" with { type: "json" };
import enMail from "./en/mail.json" with { type: "json" };
import deCommon from "./de/common.json" with { type: "json" };
import deShell from "./de/shell.json" with { type: "json" };
import deAuth from "./de/auth.json" with { type: "json" };
import deHome from "./de/home.json" with { type: "json" };
import deCollection from "./de/collection.json" with { type: "json" };
import deDocument from "./de/document.json" with { type: "json" };
import deUpload from "./de/upload.json" with { type: "json" };
import deShare from "./de/share.json" with { type: "json" };
import deAccess from "./de/access.json" with { type: "json" };
import deGroups from "./de/groups.json" with { type: "json" };
import dePeople from "./de/people.json" with { type: "json" };
import deSettings from "./de/settings.json" with { type: "json" };
import deErrors from "./de/errors.json" with { type: "json" };
import deMail from "./de/mail.json" with { type: "json" };

/** The message files by namespace; a namespace is one file per language. */
const en = {
  common: enCommon,
  shell: enShell,
  auth: enAuth,
  home: enHome,
  collection: enCollection,
  document: enDocument,
  upload: enUpload,
  share: enShare,
  access: enAccess,
  groups: enGroups,
  people: enPeople,
  settings: enSettings,
  errors: enErrors,
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
  document: deDocument,
  upload: deUpload,
  share: deShare,
  access: deAccess,
  groups: deGroups,
  people: dePeople,
  settings: deSettings,
  errors: deErrors,
  mail: deMail,
};

/** All messages, by language. */
export const messages: Record<Locale, Messages> = { en, de };
