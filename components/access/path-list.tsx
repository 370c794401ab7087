"use client";
import { ArrowRight } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { Fragment } from "react";
import type { SharedThing } from "#components/sharing/shared-thing.ts";
import { useRoleLabel } from "#components/sharing/use-roles.ts";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { formatDate } from "#lib/i18n/format.ts";
import type { AccessPathView, AccessPersonView, ExplanationView } from "#lib/sharing/access-schema.ts";

const keyOf = ({ via, grantId, chain }: AccessPathView): string =>
  [via, grantId, ...chain.map(({ id }) => id)].join(" ");

/** Every way there is for any permission, once; those that count first. */
export function distinctPaths({ permissions }: ExplanationView): AccessPathView[] {
  const paths = new Map(permissions.flatMap(({ paths }) => paths).map((path) => [keyOf(path), path]));
  return [...paths.values()].toSorted((a, b) => Number(a.state !== "active") - Number(b.state !== "active"));
}

interface PathListProps {
  paths: AccessPathView[];
  person: AccessPersonView;
  thing: SharedThing;
}

/** The ways by which somebody has access, each from the person to the grant. */
export function PathList({ paths, person, thing }: PathListProps) {
  const t = useTranslations("access");
  return paths.length === 0 ? (
    <p className="text-ink-muted">{t("noPaths", { name: person.name ?? person.email })}</p>
  ) : (
    <ul aria-label={t("pathsTitle")} className="flex flex-col gap-2">
      {paths.map((path) => (
        <li key={keyOf(path)} className="bg-sunken rounded-md px-3 py-2.5">
          <Path path={path} person={person} thing={thing} />
        </li>
      ))}
    </ul>
  );
}

function Path({
  path,
  person,
  thing,
}: {
  path: AccessPathView;
  person: AccessPersonView;
  thing: SharedThing;
}) {
  const t = useTranslations("access");
  const labelOf = useRoleLabel();
  const locale = useLocale();
  const timeZone = useTimeZone();
  const date = (value: string) => formatDate(value, { locale, timeZone });
  const where = path.resource === thing.type ? t("quoted", { name: thing.name }) : t(`the.${path.resource}`);
  const end =
    path.via === "document_owner" || path.via === "collection_owner"
      ? t(`owns.${path.via}`, { where })
      : t("roleOn", { role: path.role ? labelOf(path.role.name) : "", where });
  const between =
    path.via === "workspace"
      ? [t("wholeWorkspace", thing.workspace)]
      : path.via === "everyone"
        ? [t("anyone")]
        : (path.chain.length > 0 ? path.chain : path.group ? [path.group] : []).map(({ name }) =>
            t("groupNamed", { name }),
          );
  const facts = [
    path.grantedBy &&
      path.grantedAt &&
      path.via !== "collection_owner" &&
      t("givenBy", { name: path.grantedBy.name, date: date(path.grantedAt) }),
    path.expiresAt && t(path.state === "expired" ? "endedOn" : "endsOn", { date: date(path.expiresAt) }),
  ].filter(Boolean);
  const isActive = path.state === "active";
  return (
    <>
      <p className={cn("flex flex-wrap items-center gap-x-1.5 gap-y-0.5", !isActive && "text-ink-muted")}>
        <span className="wrap-anywhere">{person.name ?? person.email}</span>
        {[...between, end].map((step, index) => (
          <Fragment key={index}>
            <ArrowRight aria-label={t("then")} role="img" className="text-ink-faint size-3.5 shrink-0" />
            <span className={cn("wrap-anywhere", index === between.length && "font-medium")}>{step}</span>
          </Fragment>
        ))}
        {path.state !== "active" && <Badge>{t(`state.${path.state}`)}</Badge>}
      </p>
      {facts.length > 0 && <p className="text-ink-muted mt-0.5 text-sm">{facts.join(" · ")}</p>}
    </>
  );
}
