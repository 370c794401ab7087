"use client";
import { useQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import Link from "next/link";
import { type FormEvent, useEffect, useRef } from "react";
import { isRefusal } from "#components/api-error.ts";
import { Problem } from "#components/sharing/problem.tsx";
import { pagePath } from "#components/sharing/shared-thing.ts";
import { Page } from "#components/shell/page.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import type { FormAction } from "#components/ui/plain-form.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { AccessRequestView } from "#lib/access-requests/schema.ts";
import { isBuiltInRole } from "#lib/authz/permissions.ts";
import { formatDate } from "#lib/i18n/format.ts";
import type { FormOutcome } from "#lib/http/schema.ts";
import { Asker } from "./asker.tsx";
import { requestQuery, useAnswer } from "./queries.ts";

interface RequestPageProps {
  id: string;
  /** What the link of a mail was for: that button has the focus, and sends nothing by itself. */
  answer?: "approve" | "decline" | undefined;
  /** Send the two answers where scripts don't run, and what came of one. */
  approve: FormAction;
  decline: FormAction;
  outcome: FormOutcome | null;
}

/** One request for access, for those who answer it: where mails and notices lead. */
export function RequestPage({ id, ...forms }: RequestPageProps) {
  const t = useTranslations("requests");
  const query = useQuery(requestQuery(id));
  const request = isRefusal(query.error) ? undefined : query.data;
  return (
    <Page breadcrumb={<Breadcrumb crumbs={[{ label: t("list.many") }]} />}>
      <div className="mx-auto w-full max-w-130">
        {query.isPending && <Skeleton className="h-64 w-full" />}
        {query.isError &&
          !request &&
          (isRefusal(query.error) ? (
            <EmptyState icon={<Inbox />} isPage title={t("answer.goneTitle")} text={t("answer.goneText")} />
          ) : (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ))}
        {request && <Request request={request} {...forms} />}
      </div>
    </Page>
  );
}

function Request({ request, ...forms }: { request: AccessRequestView } & Omit<RequestPageProps, "id">) {
  const t = useTranslations("requests.answer");
  const { person, permissions, resource, status } = request;
  return (
    <>
      <h1 className="font-serif text-xl font-medium text-balance wrap-anywhere">
        {t(permissions.length > 0 && status === "open" ? "titleMore" : "title", { name: person.name })}
      </h1>
      <p className="text-ink-muted mt-1 mb-6 wrap-anywhere">
        {t.rich("to", {
          ...{ type: resource.type, name: resource.name },
          a: (chunks) => (
            <Link href={pagePath(resource)} className="text-accent-ink font-medium hover:underline">
              {chunks}
            </Link>
          ),
        })}
      </p>
      <Card className="p-5">
        <Asker request={request} />
        {status === "open" ? <Answers request={request} {...forms} /> : <Answered request={request} />}
      </Card>
    </>
  );
}

/** The roles that are given most; any other, and an end, in the share dialog. */
const roles = ["viewer", "commenter", "editor"] as const;

function Answers({
  request,
  approve,
  decline,
  outcome,
  answer: wanted,
}: { request: AccessRequestView } & Omit<RequestPageProps, "id">) {
  const t = useTranslations("requests.answer");
  const share = useTranslations("share");
  const answer = useAnswer(request);
  const { id, person, permissions } = request;
  const isBusyWith = (what: "approve" | "decline") =>
    answer.isPending && (answer.variables === "decline") === (what === "decline");
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const role = new FormData(event.currentTarget).get("role");
    if (!answer.isPending && typeof role === "string" && isBuiltInRole(role))
      answer.mutate({ approve: { role } });
  }
  const failed = outcome && !outcome.isDone ? outcome.detail : null;
  // who can read already asks for more than that
  const first = permissions.includes("view_documents") ? "editor" : "viewer";
  return (
    <div className="border-line mt-5 border-t pt-5">
      <form action={approve} onSubmit={submit} id="approve">
        <input type="hidden" name="id" value={id} />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 text-sm font-semibold">{t("role")}</legend>
          {roles.map((role) => (
            <label key={role} className="flex items-start gap-2.5">
              <input
                type="radio"
                name="role"
                value={role}
                defaultChecked={role === first}
                className="accent-accent mt-1 size-4 shrink-0"
              />
              <span>
                {share(`roles.${role}.label`)}
                <span className="text-ink-muted block text-sm">{share(`roles.${role}.text`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </form>
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
        <Button
          type="submit"
          form="approve"
          autoFocus={wanted === "approve"}
          variant="primary"
          isBusy={isBusyWith("approve")}
          aria-label={t("approveOf", { name: person.name })}
        >
          {t("approve")}
        </Button>
        <form
          action={decline}
          onSubmit={(event) => {
            event.preventDefault();
            if (!answer.isPending) answer.mutate("decline");
          }}
        >
          <input type="hidden" name="id" value={id} />
          <Button
            type="submit"
            autoFocus={wanted === "decline"}
            isBusy={isBusyWith("decline")}
            aria-label={t("declineOf", { name: person.name })}
          >
            {t("decline")}
          </Button>
        </form>
      </div>
    </div>
  );
}

function Answered({ request }: { request: AccessRequestView }) {
  const t = useTranslations("requests.answer");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { status, answeredAt, answeredBy, person, resource, askedAt } = request;
  const line = useRef<HTMLParagraphElement>(null);
  // the button that was pressed is gone
  useEffect(() => {
    if (document.activeElement === document.body) line.current?.focus();
  }, []);
  const date = formatDate(answeredAt ?? askedAt, { locale, timeZone });
  const text = () => {
    if (status === "withdrawn" || status === "lapsed") return t(`status.${status}`, { name: person.name });
    const isApproved = status === "approved";
    if (answeredBy)
      return t(`status.${isApproved ? "approved" : "declined"}`, { answerer: answeredBy.name, date });
    return t(`status.${isApproved ? "answeredApproved" : "answeredDeclined"}`, { date });
  };
  return (
    <div className="border-line mt-5 border-t pt-5">
      <p ref={line} tabIndex={-1} role="status" className="font-medium wrap-anywhere outline-none">
        {text()}
      </p>
      <Link href={pagePath(resource)} className={buttonClass({ className: "mt-4" })}>
        {t("open")}
      </Link>
    </div>
  );
}
