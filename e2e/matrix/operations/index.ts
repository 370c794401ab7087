import type { Domain } from "../domain.ts";
import type { Needed } from "../scopes.ts";
import { accessRequests } from "./access-requests.ts";
import { accounts } from "./accounts.ts";
import { audit } from "./audit.ts";
import { collections } from "./collections.ts";
import { documents } from "./documents.ts";
import { groups } from "./groups.ts";
import { links } from "./links.ts";
import { notifications } from "./notifications.ts";
import { ownership } from "./ownership.ts";
import { quota } from "./quota.ts";
import { realtime } from "./realtime.ts";
import { roles } from "./roles.ts";
import { search } from "./search.ts";
import { shares } from "./shares.ts";
import { sharing } from "./sharing.ts";
import { uploads } from "./uploads.ts";
import { workspaces } from "./workspaces.ts";

const domains: Domain[] = [
  collections,
  documents,
  uploads,
  sharing,
  links,
  accessRequests,
  ownership,
  shares,
  accounts,
  groups,
  notifications,
  roles,
  workspaces,
  realtime,
  quota,
  audit,
  search,
];

export const operations = domains.flatMap(({ resources = [] }) => resources);
export const otherOperations = domains.flatMap(({ others = [] }) => others);

/** What a token needs, by route as in the API's description. */
export const neededScopes: Record<string, Needed> = Object.fromEntries(
  domains.flatMap(({ scopes }) =>
    (["read", "write", "admin", "session"] as const).flatMap((needed) =>
      [...(scopes[needed] ?? "").matchAll(/(\w+) (\/\S+)/g)].map(([, method, path]): [string, Needed] => [
        `${method} /api/v1${path}`,
        needed,
      ]),
    ),
  ),
);
