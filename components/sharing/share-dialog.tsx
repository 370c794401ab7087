"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Check, Link2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { ExplanationPanel } from "#components/access/explanation-panel.tsx";
import type { Whose } from "#components/access/queries.ts";
import { WhoPanel } from "#components/access/who-panel.tsx";
import { ApiError } from "#components/api-error.ts";
import { LinkSettings } from "#components/share-links/link-settings.tsx";
import { linksQuery } from "#components/share-links/queries.ts";
import { useLinkName } from "#components/share-links/words.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { InlineQuestion } from "#components/ui/inline-question.tsx";
import { notify } from "#components/ui/toast.tsx";
import type { LinkView } from "#lib/links/schema.ts";
import { useProblemText } from "./problem.tsx";
import { refreshAccess } from "./queries.ts";
import { type ReturnTo, ShareContent } from "./share-content.tsx";
import { pagePath, type Shareable, sharedCollection, sharedDocument } from "./shared-thing.ts";
import { useCollectionOf } from "./use-collection-of.ts";
import { useCopyLink } from "./use-copy-link.ts";

type View =
  | { name: "share"; returnTo?: ReturnTo }
  | { name: "who" }
  | { name: "explain"; whose: Whose; from: "who" | "people" | "list" }
  | { name: "link"; link: LinkView; isQrShown: boolean };

export interface ShareDialogProps {
  of: Shareable;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** Who can open something, and why. Those who may share change it here; others read it. */
export function ShareDialog({ of, isOpen, onOpenChange }: ShareDialogProps) {
  const t = useTranslations("share");
  const access = useTranslations("access");
  const links = useTranslations("links");
  const common = useTranslations("common");
  const client = useQueryClient();
  const around = useCollectionOf("document" in of ? of.document : undefined);
  const thing = "collection" in of ? sharedCollection(of.collection) : sharedDocument(of.document, around);
  const { isCopied, copy } = useCopyLink(pagePath(thing));
  const [chosen, setView] = useState<View>({ name: "share" });
  const [said, setSaid] = useState("");
  /** What the reader could do as it was opened. */
  const [opened, setOpened] = useState({ isOpen, couldShare: thing.canShare });
  if (opened.isOpen !== isOpen) setOpened({ isOpen, couldShare: thing.canShare });
  const textOf = useProblemText();
  const nameOfLink = useLinkName();
  const known = useQuery({ ...linksQuery(thing), enabled: false }).data?.items ?? [];
  /** Who is in the field and was not invited. */
  const unsent = useRef<readonly string[]>([]);
  const onUnsent = useCallback((names: readonly string[]) => void (unsent.current = names), []);
  /** Those whom closing would forget. */
  const [forgotten, setForgotten] = useState<readonly string[] | null>(null);
  const done = useRef<HTMLButtonElement>(null);
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = isOpen;
    return () => void (isShown.current = false);
  }, [isOpen]);
  const { name, canShare } = thing;
  // what is left of a link whose reader may not see links any more is the first view
  const view: View = chosen.name === "link" && !canShare ? { name: "share" } : chosen;

  function close() {
    setForgotten(null);
    setView({ name: "share" });
    onOpenChange(false);
  }
  function open(next: boolean) {
    if (next) onOpenChange(true);
    else if (unsent.current.length > 0) setForgotten(unsent.current);
    else close();
  }
  /** The field keeps whom it holds; the focus goes back to where closing was asked for. */
  function stay() {
    flushSync(() => setForgotten(null));
    if (document.activeElement === document.body) done.current?.focus();
  }
  function back() {
    if (view.name === "link") setView({ name: "share", returnTo: { linkId: view.link.id } });
    else if (view.name !== "explain") setView({ name: "share", returnTo: "who" });
    else setView(view.from === "list" ? { name: "who" } : { name: "share", returnTo: view.from });
  }
  function onRefused(error: unknown, what: string) {
    // where it would be said is not there any more
    if (!isShown.current) notify.failed(`${what} ${textOf(error)}`);
    if (!(error instanceof ApiError)) return;
    // rights that ended while this was open show in what may still be done
    if (["forbidden", "not_found", "conflict"].includes(error.code)) void refreshAccess(client, thing);
  }
  const title =
    view.name === "share"
      ? t(canShare ? "title" : "titleToRead", { name })
      : view.name === "who"
        ? access("title", { name })
        : view.name === "link"
          ? links("settingsOf", {
              // renamed or revoked since
              name: nameOfLink(known.find(({ id }) => id === view.link.id) ?? view.link),
            })
          : access(view.whose === "own" ? "ownTitle" : "explainTitle", { name });
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={open}
      title={title}
      onBack={view.name === "share" ? undefined : back}
      footer={
        forgotten ? (
          <InlineQuestion
            title={t("unsent.title")}
            confirmLabel={t("unsent.confirm")}
            isDangerous
            onCancel={stay}
            onConfirm={close}
            className="w-full"
          >
            {t("unsent.text", { count: forgotten.length, name: forgotten[0] ?? "" })}
          </InlineQuestion>
        ) : (
          <>
            {view.name === "share" ? (
              <Button className="mr-auto" onClick={copy}>
                {isCopied ? <Check aria-hidden /> : <Link2 aria-hidden />}
                <span aria-live="polite">{isCopied ? common("copied") : t("copyLink")}</span>
              </Button>
            ) : (
              <Button className="mr-auto" onClick={back}>
                <ArrowLeft aria-hidden />
                {common("back")}
              </Button>
            )}
            <Button ref={done} variant="primary" onClick={() => open(false)}>
              {common("done")}
            </Button>
          </>
        )
      }
    >
      {/* stays while another view is shown: what was typed, and what can be undone, is still there afterwards */}
      <div hidden={view.name !== "share"}>
        <ShareContent
          thing={thing}
          of={of}
          returnTo={view.name === "share" ? view.returnTo : undefined}
          hasLostRights={opened.couldShare && !canShare}
          onUnsent={onUnsent}
          onSaid={setSaid}
          onRefused={onRefused}
          onWho={() => setView({ name: "who" })}
          onExplain={(whose) => setView({ name: "explain", whose, from: whose === "own" ? "who" : "people" })}
          onLink={(link, isQrShown) => setView({ name: "link", link, isQrShown })}
        />
      </div>
      {view.name === "who" && (
        <WhoPanel thing={thing} onExplain={(whose) => setView({ name: "explain", whose, from: "list" })} />
      )}
      {view.name === "link" && (
        <LinkSettings
          thing={thing}
          linkId={view.link.id}
          isQrShown={view.isQrShown}
          onSaid={setSaid}
          onRefused={onRefused}
        />
      )}
      {view.name === "explain" && <ExplanationPanel thing={thing} whose={view.whose} />}
      <p role="status" className="sr-only">
        {said}
      </p>
    </Dialog>
  );
}
