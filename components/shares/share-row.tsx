"use client";
import { Eye, EyeOff, FolderClosed } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Thumbnail } from "#components/documents/thumbnail.tsx";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ShareView } from "#lib/shares/schema.ts";

/** The columns by the width of the list: the name leaves last, and what went stands under it. */
const columns =
  "grid grid-cols-[minmax(0,1fr)_2.5rem] items-center gap-x-4 @[38rem]:grid-cols-[minmax(0,1fr)_11rem_7rem_2.5rem] @[52rem]:grid-cols-[minmax(0,1fr)_13rem_9rem_8rem_2.5rem]";

interface ShareRowProps {
  share: ShareView;
  onHide: (share: ShareView) => void;
}

/** One thing that somebody shared with the reader. */
export function ShareRow({ share, onHide }: ShareRowProps) {
  const t = useTranslations("shares");
  const { type, id, name, by, role, roleName, sharedAt, isHidden } = share;
  const roleText = roleName ?? t(`roles.${role}`);
  const byText = by?.name || t("somebody");
  return (
    <div
      className={`${columns} border-line hover:bg-hover/50 relative min-h-14 border-b px-2 py-2 transition-colors`}
    >
      <span className="flex min-w-0 items-center gap-3">
        {type === "document" ? (
          <Thumbnail
            document={{ id, contentType: share.contentType ?? "", hasThumbnail: share.hasThumbnail }}
            size="sm"
          />
        ) : (
          <span
            aria-hidden
            className="bg-accent-soft text-accent-ink grid h-9 w-7 shrink-0 place-items-center rounded-[3px]"
          >
            <FolderClosed className="size-4" strokeWidth={1.5} />
          </span>
        )}
        <span className="min-w-0 flex-1">
          <Link
            href={`/${type}s/${id}`}
            title={name}
            className="block truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-(--accent)"
          >
            {name}
          </Link>
          <span className="text-ink-muted block text-sm wrap-anywhere @[38rem]:truncate">
            <span className="@[38rem]:hidden">
              {t("byLine", { name: byText, role: roleText })} · <RelativeTime value={sharedAt} />
            </span>
            <span className="@max-[38rem]:hidden">
              <Through share={share} />
            </span>
          </span>
        </span>
      </span>
      <span className="flex min-w-0 items-center gap-2 @max-[38rem]:hidden">
        {by && <Avatar id={by.id} name={by.name} size="sm" />}
        <span className="truncate">{byText}</span>
      </span>
      <span className="@max-[52rem]:hidden">
        <Badge>{roleText}</Badge>
      </span>
      <span className="text-ink-muted text-sm @max-[38rem]:hidden">
        <RelativeTime value={sharedAt} />
      </span>
      <IconButton
        className="relative z-10"
        label={t(isHidden ? "unhideOf" : "hideOf", { name })}
        icon={isHidden ? <Eye /> : <EyeOff />}
        onClick={() => onHide(share)}
      />
    </div>
  );
}

/** Where it lies and how it reaches the reader. */
function Through({ share }: { share: ShareView }) {
  const t = useTranslations("shares");
  const { through, groupName, ways, collectionName, type, role, roleName } = share;
  const parts = [
    collectionName !== null ? t("in", { name: collectionName }) : t(`types.${type}`),
    through === "person" && t("direct"),
    through === "group" && t("group", { name: groupName ?? "", known: groupName ? "yes" : "no" }),
    through === "workspace" && t("workspace"),
    ways > 1 && t("ways", { count: ways - 1 }),
  ];
  return (
    <>
      {/* where its own column has no room */}
      <span className="@[52rem]:hidden">{roleName ?? t(`roles.${role}`)} · </span>
      {parts.filter(Boolean).join(" · ")}
    </>
  );
}
