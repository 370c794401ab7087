"use client";
import { UserRoundPlus, UsersRound } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { RowsSkeleton } from "#components/groups/group-rows.tsx";
import { grantName } from "#components/sharing/grant-name.ts";
import { GrantIcon } from "#components/sharing/grant-icon.tsx";
import { workspaceOf } from "#components/sharing/shared-thing.ts";
import { useRoleLabel } from "#components/sharing/use-roles.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { formatDate } from "#lib/i18n/format.ts";
import type { GrantView } from "#lib/sharing/schema.ts";

interface GrantsPanelProps {
  kind: "users" | "groups" | "guests";
  collection: CollectionView;
  /** Undefined until it is known. */
  grants: GrantView[] | undefined;
  error: unknown;
  onRetry: () => void;
  onShare: () => void;
}

/** People, groups or guests with access: as what, since when and by whom, and until when. */
export function GrantsPanel({ kind, collection, grants, error, onRetry, onShare }: GrantsPanelProps) {
  const t = useTranslations("collectionSettings");
  const share = useTranslations("share");
  const { canShare } = collection.abilities;
  if (error) return <ErrorState error={error} title={share("listFailed")} onRetry={onRetry} />;
  if (!grants)
    return (
      <Card className="px-5 py-1">
        <RowsSkeleton count={4} />
      </Card>
    );
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-muted text-pretty">
        {t(`about.${kind}`)}{" "}
        {kind === "users" && share(`visibility.${collection.visibility}.text`, workspaceOf(collection))}
      </p>
      {grants.length === 0 ? (
        <Card>
          <EmptyState
            icon={kind === "groups" ? <UsersRound /> : <UserRoundPlus />}
            title={t(`empty.${kind}.title`)}
            text={t(`empty.${kind}.text`)}
            action={canShare && <Button onClick={onShare}>{t("add")}</Button>}
          />
        </Card>
      ) : (
        <GrantsTable label={t(`tabs.${kind}`)} collection={collection} grants={grants} />
      )}
    </div>
  );
}

/** Columns go by the width of the table itself; what has no room stands under the name. */
function GrantsTable({
  label,
  collection,
  grants,
}: {
  label: string;
  collection: CollectionView;
  grants: GrantView[];
}) {
  const t = useTranslations("collectionSettings.columns");
  const labelOf = useRoleLabel();
  const locale = useLocale();
  const timeZone = useTimeZone();
  const date = (value: string) => formatDate(value, { locale, timeZone });
  const added = ({ grantedAt, grantedBy }: GrantView) =>
    grantedBy ? t("addedBy", { date: date(grantedAt), name: grantedBy.name }) : date(grantedAt);
  const head = "text-ink-muted py-2.5 pr-4 text-left text-sm font-medium whitespace-nowrap";
  return (
    <Card className="@container px-5 py-1">
      <table aria-label={label} className="w-full">
        <thead className="border-line border-b">
          <tr>
            <th scope="col" className={head}>
              {t("name")}
            </th>
            <th scope="col" className={head}>
              {t("role")}
            </th>
            <th scope="col" className={`${head} hidden @xl:table-cell`}>
              {t("added")}
            </th>
            <th scope="col" className={`${head} hidden pr-0! @xl:table-cell`}>
              {t("ends")}
            </th>
          </tr>
        </thead>
        <tbody className="divide-line divide-y">
          {grants.map((grant) => (
            <tr key={grant.id} className="align-top">
              <td className="w-full py-3 pr-4">
                <span className="flex items-start gap-3">
                  <GrantIcon grant={grant} />
                  <span className="min-w-0">
                    <Name collection={collection} grant={grant} />
                    {grant.name !== null && grant.email && grant.name !== grant.email && (
                      <span className="text-ink-muted block text-sm wrap-anywhere">{grant.email}</span>
                    )}
                    <span className="text-ink-muted block text-sm @xl:hidden">
                      {t("addedOn", { added: added(grant) })}
                    </span>
                    {grant.expiresAt && (
                      <span className="text-ink-muted block text-sm @xl:hidden">
                        {t("endsOn", { date: date(grant.expiresAt) })}
                      </span>
                    )}
                  </span>
                </span>
              </td>
              <td className="py-3 pr-4 @xl:whitespace-nowrap">{labelOf(grant.role)}</td>
              <td className="text-ink-muted hidden py-3 pr-4 text-sm @xl:table-cell">
                <span className="block min-w-32">{added(grant)}</span>
              </td>
              <td className="text-ink-muted hidden py-3 text-sm whitespace-nowrap @xl:table-cell">
                {grant.expiresAt ? date(grant.expiresAt) : t("never")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Name({ collection, grant }: { collection: CollectionView; grant: GrantView }) {
  const t = useTranslations("collectionSettings");
  const access = useTranslations("access");
  const share = useTranslations("share");
  const common = useTranslations("common");
  const { group } = grant;
  return (
    <span className="flex flex-wrap items-center gap-x-1.5">
      {/* groups are their workspace's, and have a page for its people alone */}
      {group && collection.isOwnWorkspace ? (
        <Link href={`/settings/groups/${group.id}`} className="font-medium wrap-anywhere hover:underline">
          {group.name}
        </Link>
      ) : (
        <span className="font-medium wrap-anywhere">
          {grantName(grant)}
          {grant.isYou && <span className="text-ink-muted font-normal"> ({common("you")})</span>}
        </span>
      )}
      {group && (
        <span className="text-ink-muted text-sm">{share("groupPeople", { count: group.memberCount })}</span>
      )}
      {grant.isExternal && <Badge tone="warning">{access("guest")}</Badge>}
      {grant.isPending && <Badge>{t("invited")}</Badge>}
    </span>
  );
}
