import { Faults, type Findings } from "./findings.ts";
import {
  type DocumentFact,
  isSomebody,
  type Persona,
  type PersonaName,
  personaNames,
  personas,
  rightsOf,
} from "./rules.ts";
import { answersRequests, makeRequestFor } from "./operations/access-requests.ts";
import { makeOfferOf } from "./operations/ownership.ts";
import type { Reply, Wire } from "../support/wire.ts";
import { collectionFacts, type CollectionKey, documentFacts, type DocumentKey } from "./world/facts.ts";
import type { World } from "./world/world.ts";

/** A page by its folder, and what on it not everybody may be sent. */
interface Page {
  folder: string;
  /** Open to people who are not signed in. */
  isForAll?: true;
  /** Where a page is about something; all others show what is the reader's own. */
  shows?: (world: World) => Shown[] | Promise<Shown[]>;
}
interface Shown {
  path: string;
  /** No part of any answer to others. */
  secret: string;
  isFor: (who: PersonaName) => boolean;
}

const mayOpenCollection = (who: PersonaName, collection: CollectionKey) => {
  const rights = rightsOf(who, collectionFacts[collection]);
  if (!collectionFacts[collection].isTrashed) return rights.has("view_documents");
  return rights.has("manage_permissions") && rights.has("delete_any_documents");
};
const mayOpenDocument = (who: PersonaName, collection: CollectionKey, key: DocumentKey) => {
  const document: DocumentFact = documentFacts[key];
  const isLive = !collectionFacts[collection].isTrashed && document.state === "live";
  return isLive && rightsOf(who, collectionFacts[collection], document).has("view_documents");
};
const isMember = (who: PersonaName) => {
  const { workspace, is }: Persona = personas[who];
  return isSomebody(who) && workspace === "home" && is !== "guest";
};

const collections: CollectionKey[] = ["closed", "public", "trashed"];
const documents: [CollectionKey, DocumentKey][] = [
  ["closed", "authored"],
  ["closed", "private"],
  ["closed", "uploader's"],
  ["closed", "trashed"],
  ["public", "authored"],
  ["public", "invite"],
  ["trashed", "authored"],
];

export const pages: Page[] = [
  ...[
    "sign-in",
    "sign-in/link",
    "sign-up",
    "forgot-password",
    "reset-password",
    "confirm-email",
    "verify-email",
    "unsubscribe",
  ].map((name): Page => ({ folder: `(auth)/${name}`, isForAll: true })),
  ...[
    "",
    "/search",
    "/shared",
    "/trash",
    "/settings",
    "/settings/groups",
    "/settings/people",
    "/settings/audit",
    "/admin/quotas",
    "/settings/links",
    "/join",
    "/notifications",
    "/settings/notifications",
  ].map((name): Page => ({ folder: `(workspace)${name}` })),
  {
    folder: "(workspace)/settings/groups/[id]",
    shows: ({ groups, groupCanary }) => [
      { path: `/settings/groups/${groups.spare}`, secret: groupCanary, isFor: isMember },
    ],
  },
  {
    folder: "(workspace)/collections/[id]",
    shows: ({ shared }) =>
      collections.map((collection) => ({
        ...{ path: `/collections/${shared[collection].id}`, secret: shared[collection].canary },
        isFor: (who) => mayOpenCollection(who, collection),
      })),
  },
  {
    folder: "(workspace)/collections/[id]/settings",
    shows: ({ shared }) =>
      collections.map((collection) => ({
        ...{ path: `/collections/${shared[collection].id}/settings`, secret: shared[collection].canary },
        isFor: (who) => isSomebody(who) && mayOpenCollection(who, collection),
      })),
  },
  {
    folder: "(workspace)/documents/[id]",
    shows: ({ shared }) =>
      documents.map(([collection, key]) => ({
        // the end of its name: the collection's stands in its owner's sidebar
        ...{
          path: `/documents/${shared[collection].documents[key]}`,
          secret: `${shared[collection].canary}.txt`,
        },
        isFor: (who) => mayOpenDocument(who, collection, key),
      })),
  },
  {
    folder: "(workspace)/requests/[id]",
    shows: async (world) => [
      {
        path: `/requests/${await makeRequestFor(world, world.shared.closed.id, "canary of a request")}`,
        ...{ secret: "canary of a request", isFor: answersRequests },
      },
    ],
  },
  {
    folder: "(workspace)/transfers/[id]",
    shows: async (world) => [
      {
        path: `/transfers/${await makeOfferOf(world, world.shared.closed.id)}`,
        // the owner's sidebar has it, too
        ...{ secret: world.shared.closed.canary, isFor: (who) => who === "owner" || who === "viewer" },
      },
    ],
  },
  // to everybody alike: a token that is nobody's opens nothing
  ...["share/[token]", "share/[token]/documents/[id]", "s/[token]"].map((folder): Page => ({
    folder,
    isForAll: true,
  })),
  // mails, where that is switched on for development
  { folder: "dev/mailbox", isForAll: true },
];

/** One of each kind whose answers could differ. */
const readers: PersonaName[] = [
  ...([
    "anonymous",
    "link visitor",
    "signed out",
    "token revoked",
    "suspended, session",
    "outsider",
    "colleague",
  ] as const),
  ...(["viewer", "owner", "author", "uploader", "once owner", "owner until yesterday"] as const),
  ...(["guest", "guest elsewhere", "workspace admin", "system admin"] as const),
];

/** How browsers, the framework's router and attackers ask for a page. */
const disguises: Record<string, Record<string, string>> = {
  plain: {},
  RSC: { rsc: "1" },
  prefetch: { rsc: "1", "next-router-prefetch": "1" },
  "segment prefetch": { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
  "subrequest of proxy": {
    "x-middleware-subrequest": `${"middleware:".repeat(5)}${"proxy:".repeat(5)}proxy`,
  },
};
/** Answered with the whole page. */
const whole = new Set(["plain", "RSC", "subrequest of proxy"]);

/** Every page × how it is asked for × readers: what is not for them is in no answer, and what is for them is in each. */
export async function tryPages(world: World, wire: Wire): Promise<Findings> {
  const faults = new Faults();
  let cells = 0;
  for (const { folder, isForAll, shows } of pages) {
    const address = folder.replace(/^\([^)]+\)/, "");
    const shown = (await shows?.(world)) ?? [
      { path: address.startsWith("/") ? address : `/${address}`, secret: "", isFor: isSomebody },
    ];
    // what is the reader's own is the same for all who are somebody
    const asking = shows ? readers : readers.filter((who) => !isSomebody(who) || who === "viewer");
    const asked = shown.flatMap((one) =>
      Object.keys(disguises).flatMap((disguise) => asking.map((who) => ({ ...one, disguise, who }))),
    );
    cells += asked.length;
    await Promise.all(
      asked.map(async ({ path, secret, isFor, disguise, who }) => {
        const about = `${folder} ${disguise}`;
        const reply = await open(wire, path, { ...world.pageHeaders[who], ...disguises[disguise] });
        if (reply.status >= 500) faults.add(about, who, `answered ${reply.status}`);
        if (isForAll || !whole.has(disguise)) {
          if (secret && !isFor(who) && reply.body.includes(secret)) faults.add(about, who, "tells");
          return;
        }
        const isSentAway = (reply.location ?? reply.body).includes("/sign-in");
        if (!isSomebody(who) && !isFor(who) && !isSentAway)
          faults.add(about, who, `lets in: ${reply.status}`);
        if (secret && reply.body.includes(secret) !== isFor(who))
          faults.add(about, who, isFor(who) ? "lacks" : "tells");
      }),
    );
  }
  // a token is for the API alone
  const byToken = personaNames.filter((who) => personas[who].comes === "by token");
  for (const path of ["/", "/settings", `/documents/${world.shared.closed.documents.authored}`])
    await Promise.all(
      byToken.map(async (who) => {
        cells += 1;
        const reply = await open(wire, path, world.headers[who]);
        if (
          !(reply.location ?? reply.body).includes("/sign-in") ||
          reply.body.includes(world.shared.closed.canary)
        )
          faults.add(path, who, `lets in a token: ${reply.status}`);
      }),
    );
  return { cells, compared: 0, faults: faults.list() };
}

/** Goes along where the framework only wants the same address with another query. */
async function open(wire: Wire, path: string, headers: Record<string, string>): Promise<Reply> {
  let reply = await wire.ask({ method: "GET", path, headers });
  for (let hop = 0; hop < 3 && reply.status === 307; hop += 1) {
    const target = new URL(reply.location ?? "/", "http://localhost");
    if (target.pathname !== path) break;
    reply = await wire.ask({ method: "GET", path: target.pathname + target.search, headers });
  }
  return reply;
}
