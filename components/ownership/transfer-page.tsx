"use client";
import { useQuery } from "@tanstack/react-query";
import { FolderInput } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { isRefusal } from "#components/api-error.ts";
import { Problem } from "#components/sharing/problem.tsx";
import { Page } from "#components/shell/page.tsx";
import { quotaQuery } from "#components/shell/queries.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Meter } from "#components/ui/meter.tsx";
import type { FormAction } from "#components/ui/plain-form.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { FormOutcome } from "#lib/http/schema.ts";
import { formatDate } from "#lib/i18n/format.ts";
import type { TransferView } from "#lib/ownership/schema.ts";
import { quotaLevel } from "#lib/quota/values.ts";
import { transferQuery, useAnswerTransfer, useOffer } from "./queries.ts";

interface Forms {
  /** Send the two answers where scripts don't run, and what came of one. */
  accept: FormAction;
  decline: FormAction;
  outcome: FormOutcome | null;
}

/** One offer of a collection, for the two people it is between: where mails and notices lead. */
export function TransferPage({ id, isMine, ...forms }: Forms & { id: string; isMine: boolean }) {
  const t = useTranslations("ownership.answer");
  const query = useQuery(transferQuery(id));
  const transfer = isRefusal(query.error) ? undefined : query.data;
  return (
    <Page breadcrumb={<Breadcrumb crumbs={[{ label: t("crumb") }]} />}>
      <div className="mx-auto w-full max-w-130">
        {query.isPending && <Skeleton className="h-64 w-full" />}
        {query.isError &&
          !transfer &&
          (isRefusal(query.error) ? (
            <EmptyState icon={<FolderInput />} isPage title={t("goneTitle")} text={t("goneText")} />
          ) : (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ))}
        {transfer && <Transfer transfer={transfer} isMine={isMine} {...forms} />}
      </div>
    </Page>
  );
}

function Transfer({ transfer, isMine, ...forms }: { transfer: TransferView; isMine: boolean } & Forms) {
  const t = useTranslations("ownership.answer");
  const { collection, from, to, status } = transfer;
  const other = isMine ? to : from;
  const isOpen = status === "offered";
  return (
    <>
      <h1 className="font-serif text-xl font-medium text-balance wrap-anywhere">
        {t(isMine ? "titleMine" : "title", { name: other.name })}
      </h1>
      <p className="text-ink-muted mt-1 mb-6 wrap-anywhere">
        {t.rich("about", {
          name: collection.name,
          a: (chunks) => (
            <Link
              href={`/collections/${collection.id}`}
              className="text-accent-ink font-medium hover:underline"
            >
              {chunks}
            </Link>
          ),
        })}
      </p>
      <Card className="p-5">
        <div className="flex items-start gap-3">
          <Avatar id={other.id} name={other.name} />
          <ul className="text-ink-muted min-w-0 flex-1 list-disc space-y-1 pl-5 text-pretty">
            {(["keeps", "yours", "theirs"] as const).map((what) => (
              <li key={what}>{t(isMine ? `mine.${what}` : what, { name: other.name })}</li>
            ))}
          </ul>
        </div>
        {!isOpen && <Answered transfer={transfer} isMine={isMine} />}
        {isOpen && isMine && <Withdraw transfer={transfer} />}
        {isOpen && !isMine && <Answers transfer={transfer} {...forms} />}
      </Card>
    </>
  );
}

function Answers({ transfer, accept, decline, outcome }: { transfer: TransferView } & Forms) {
  const t = useTranslations("ownership.answer");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const quota = useQuery(quotaQuery());
  const answer = useAnswerTransfer(transfer.id);
  const counted = quota.data?.collections;
  const isFull = counted !== undefined && counted.used >= counted.limit;
  const failed = outcome && !outcome.isDone ? outcome.detail : null;
  const send = (what: "accept" | "decline") => !answer.isPending && answer.mutate(what);
  return (
    <div className="border-line mt-5 border-t pt-5">
      {counted && <Room {...counted} isFull={isFull} />}
      <p className="text-ink-muted mt-3 text-sm">
        {t("until", { date: formatDate(transfer.expiresAt, { locale, timeZone }) })}
      </p>
      {answer.error ? (
        <Problem error={answer.error} className="mt-4" />
      ) : (
        failed && (
          <p role="alert" className="text-danger-ink mt-4 text-sm">
            {failed}
          </p>
        )
      )}
      <div className="mt-5 flex flex-wrap items-center gap-2">
        <form
          action={accept}
          onSubmit={(event) => {
            event.preventDefault();
            send("accept");
          }}
        >
          <input type="hidden" name="id" value={transfer.id} />
          <Button
            type="submit"
            variant="primary"
            disabled={isFull}
            isBusy={answer.isPending && answer.variables === "accept"}
          >
            {t("accept")}
          </Button>
        </form>
        <form
          action={decline}
          onSubmit={(event) => {
            event.preventDefault();
            send("decline");
          }}
        >
          <input type="hidden" name="id" value={transfer.id} />
          <Button type="submit" isBusy={answer.isPending && answer.variables === "decline"}>
            {t("decline")}
          </Button>
        </form>
      </div>
    </div>
  );
}

/** How many collections the reader has and may have; one more has to fit. */
function Room({ used, limit, isFull }: { used: number; limit: number; isFull: boolean }) {
  const t = useTranslations("ownership.answer");
  const locale = useLocale();
  const count = (value: number) => new Intl.NumberFormat(locale).format(value);
  const words = t("room", { used: count(used), limit: count(limit) });
  return (
    <>
      <p className="mb-2 font-medium">{words}</p>
      <Meter
        used={used}
        limit={limit}
        level={quotaLevel({ used, limit })}
        label={t("yours")}
        valueText={words}
      />
      {isFull && <p className="text-danger-ink mt-2 text-sm text-pretty">{t("full")}</p>}
    </>
  );
}

function Withdraw({ transfer }: { transfer: TransferView }) {
  const t = useTranslations("ownership.offer");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { withdraw } = useOffer(transfer.collection.id);
  return (
    <div className="border-line mt-5 border-t pt-5">
      <p className="text-ink-muted text-pretty">
        {t("waitsUntil", { date: formatDate(transfer.expiresAt, { locale, timeZone }) })}
      </p>
      {withdraw.error && <Problem error={withdraw.error} className="mt-2" />}
      <Button className="mt-4" isBusy={withdraw.isPending} onClick={() => withdraw.mutate(transfer.id)}>
        {t("withdraw")}
      </Button>
    </div>
  );
}

function Answered({ transfer, isMine }: { transfer: TransferView; isMine: boolean }) {
  const t = useTranslations("ownership.answer");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { status, to, from, answeredAt, expiresAt, collection } = transfer;
  const line = useRef<HTMLParagraphElement>(null);
  // the button that was pressed is gone
  useEffect(() => {
    if (document.activeElement === document.body) line.current?.focus();
  }, []);
  const date = formatDate(answeredAt ?? expiresAt, { locale, timeZone });
  return (
    <div className="border-line mt-5 border-t pt-5">
      <p ref={line} tabIndex={-1} role="status" className="font-medium wrap-anywhere outline-none">
        {status === "offered"
          ? null
          : t(`status.${status}`, { date, who: isMine ? "other" : "you", to: to.name, from: from.name })}
      </p>
      <Link href={`/collections/${collection.id}`} className={buttonClass({ className: "mt-4" })}>
        {t("open")}
      </Link>
    </div>
  );
}
