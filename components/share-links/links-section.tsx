"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Problem } from "#components/sharing/problem.tsx";
import { managesAccess } from "#components/sharing/queries.ts";
import type { OnRefused, Shareable, SharedThing } from "#components/sharing/shared-thing.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { LinkView } from "#lib/links/schema.ts";
import { useCopy } from "./copy.ts";
import { type Asked, LinkRow } from "./link-row.tsx";
import { ModeNotice } from "./mode-notice.tsx";
import { linksQuery, useMakeLink, useRegenerateLink, useRevokeLink } from "./queries.ts";
import { useProtection } from "./use-protection.ts";
import { useLinkName } from "./words.tsx";

interface LinksSectionProps {
  thing: SharedThing;
  of: Shareable;
  /** The link whose settings were left: the focus goes back to it. */
  returnTo: string | undefined;
  onSaid: (text: string) => void;
  onRefused: OnRefused;
  onSettings: (link: LinkView, isQrShown: boolean) => void;
}

interface Failure {
  step: "make" | Asked;
  error: unknown;
}

/** The public links of something, for those who manage its access: one press makes and copies one. */
export function LinksSection(props: LinksSectionProps) {
  const { thing, of, returnTo, onSaid, onRefused, onSettings } = props;
  const t = useTranslations("links");
  const client = useQueryClient();
  const list = useQuery({ ...linksQuery(thing), enabled: () => managesAccess(client, thing) });
  const protection = useProtection(thing, of);
  const nameOf = useLinkName();
  const { mutateAsync: makeLink, isPending: isMaking } = useMakeLink(thing);
  const { mutateAsync: regenerateLink } = useRegenerateLink(thing);
  const { mutateAsync: revokeLink } = useRevokeLink(thing);
  const { copied, failed, copy } = useCopy();
  /** The one that was just made, and whether it was copied. */
  const [fresh, setFresh] = useState<{ id: string; isCopied: boolean } | null>(null);
  const [asked, setAsked] = useState<{ id: string; what: Asked } | null>(null);
  const [failures, setFailures] = useState<Readonly<Record<string, Failure>>>({});
  const rows = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const wanted = useRef<string>(null);
  const links = list.data?.items ?? [];

  const focusRow = (id: string | undefined) => {
    const row =
      id && rows.current?.querySelector<HTMLElement>(`[data-link="${CSS.escape(id)}"] [data-first]`);
    (row || heading.current)?.focus();
  };
  useEffect(() => {
    if (returnTo) focusRow(returnTo);
  }, [returnTo]);
  useEffect(() => {
    // a row that was waited for is there
    if (wanted.current === null || !links.some(({ id }) => id === wanted.current)) return;
    focusRow(wanted.current);
    wanted.current = null;
  });

  const tell = (id: string, failure: Failure | null) =>
    setFailures(({ [id]: _, ...others }) => (failure ? { ...others, [id]: failure } : others));
  function refused(id: string, step: Failure["step"], error: unknown, name = "") {
    tell(id, { step, error });
    onRefused(error, t(`failed.${step}`, { name }));
  }

  async function make() {
    tell(newLink, null);
    const making = makeLink();
    const copying = copy(making.then(({ id, url }) => ({ id, text: url })));
    try {
      const { id, state } = await making;
      wanted.current = id;
      const isCopied = await copying;
      setFresh({ id, isCopied });
      onSaid(t(`saidMade.${openness(state)}.${isCopied ? "copied" : "only"}`));
    } catch (error) {
      refused(newLink, "make", error);
    }
  }
  async function copyAgain(link: LinkView) {
    const name = nameOf(link);
    const isCopied = await copy(Promise.resolve({ id: link.id, text: link.url ?? "" }));
    if (isCopied) onSaid(t("saidCopied", { name }));
  }
  async function regenerate(link: LinkView) {
    const name = nameOf(link);
    const making = regenerateLink(link);
    const copying = copy(making.then(({ id, url }) => ({ id, text: url })));
    focusRow(link.id);
    try {
      await making;
      onSaid(t((await copying) ? "saidRegenerated" : "saidRegeneratedOnly", { name }));
    } catch (error) {
      refused(link.id, "regenerate", error, name);
    }
  }
  async function revoke(link: LinkView) {
    const name = nameOf(link);
    const place = links.findIndex(({ id }) => id === link.id);
    const next = links[place + 1] ?? links[place - 1];
    focusRow(next?.id);
    try {
      await revokeLink(link);
      onSaid(t("saidRevoked", { name }));
    } catch (error) {
      refused(link.id, "revoke", error, name);
    }
  }
  function confirm(link: LinkView, what: Asked) {
    setAsked(null);
    setFresh(null);
    tell(link.id, null);
    void (what === "revoke" ? revoke(link) : regenerate(link));
  }

  const failedToMake = failures[newLink];
  return (
    <section aria-busy={list.isPending}>
      <div className="mb-1 flex items-center justify-between gap-4">
        <h3 ref={heading} tabIndex={-1} className="text-sm font-semibold outline-none">
          {links.length > 0 ? t("count", { count: links.length }) : t("title")}
        </h3>
        {!protection && (
          <Button size="sm" variant="ghost" isBusy={isMaking} onClick={() => void make()} className="-mr-2.5">
            <Plus aria-hidden />
            {t("new")}
          </Button>
        )}
      </div>
      {failedToMake && (
        <Problem error={failedToMake.error} what={t("failed.make")} isShown className="pb-1.5" />
      )}
      {protection && <p className="text-ink-muted text-sm text-pretty">{t(protection)}</p>}
      {list.isPending && !protection && <Skeleton className="my-3 h-3.5 w-56" />}
      {list.isError && !list.data && (
        <ErrorState error={list.error} title={t("listFailed")} onRetry={() => void list.refetch()} />
      )}
      {!protection && list.data && links.length === 0 && (
        <p className="text-ink-muted text-sm text-pretty">{t("empty", { type: thing.type })}</p>
      )}
      {!protection && "document" in of && links.length > 0 && of.document.accessMode !== "link" && (
        <ModeNotice document={of.document} onSaid={onSaid} onRefused={onRefused} />
      )}
      {links.length > 0 && (
        <ul ref={rows} aria-label={t("list")}>
          {links.map((link) => {
            const failure = failures[link.id];
            return (
              <li key={link.id} data-link={link.id}>
                <LinkRow
                  link={link}
                  isCopied={copied === link.id}
                  isShown={failed === link.id}
                  hint={
                    fresh?.id === link.id
                      ? t(`made.${openness(link.state)}.${fresh.isCopied ? "copied" : "only"}`)
                      : null
                  }
                  asked={asked?.id === link.id ? asked.what : null}
                  onCopy={() => void copyAgain(link)}
                  onSettings={(isQrShown) => {
                    setFresh(null);
                    onSettings(link, isQrShown);
                  }}
                  onAsk={(what) => setAsked(what && { id: link.id, what })}
                  onConfirm={(what) => confirm(link, what)}
                />
                {failure && (
                  <Problem
                    error={failure.error}
                    what={t(`failed.${failure.step}`, { name: nameOf(link) })}
                    isShown
                    className="pb-1.5 pl-10"
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

/** Of the link that is not there yet. */
const newLink = "new";

const openness = (state: LinkView["state"]) => (state === "suspended" ? "suspended" : "open");
