"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { itemsOf } from "#components/list-pages.ts";
import { Problem } from "#components/sharing/problem.tsx";
import type { OnRefused, SharedThing } from "#components/sharing/shared-thing.ts";
import { useRoles } from "#components/sharing/use-roles.ts";
import { Button } from "#components/ui/button.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { Select } from "#components/ui/select.tsx";
import type { AccessRequestView } from "#lib/access-requests/schema.ts";
import { Asker } from "./asker.tsx";
import { requestsQuery, useAnswer } from "./queries.ts";

interface RequestsSectionProps {
  thing: SharedThing;
  onSaid: (text: string) => void;
  onRefused: OnRefused;
  /** A request that had the focus is answered: somebody else must take it. */
  onRowGone: () => void;
}

/** Who waits for access to something, each with the two answers. Nothing while nobody does. */
export function RequestsSection({ thing, onSaid, onRefused, onRowGone }: RequestsSectionProps) {
  const t = useTranslations("requests.list");
  const query = useInfiniteQuery(requestsQuery(thing));
  const list = useRef<HTMLUListElement>(null);
  const items = itemsOf(query.data);
  if (query.isError && !query.data && !query.isFetching)
    return <Problem error={query.error} what={t("failed")} />;
  if (items.length === 0) return null;
  const title = query.hasNextPage ? t("many") : t("title", { count: items.length });
  return (
    <section className="bg-accent-soft/40 border-line rounded-lg border p-4">
      <h3 className="mb-3 text-sm font-semibold">{title}</h3>
      <ul ref={list} aria-label={title} className="flex flex-col gap-5">
        {items.map((request) => (
          <Row
            key={request.id}
            thing={thing}
            request={request}
            onSaid={onSaid}
            onRefused={onRefused}
            onGone={() => {
              const rest = list.current?.querySelectorAll<HTMLElement>("li button[data-answer]");
              const next = [...(rest ?? [])].find((button) => !button.closest(`[data-id="${request.id}"]`));
              if (next) next.focus();
              else onRowGone();
            }}
          />
        ))}
      </ul>
      <LoadMore query={query} list={list} size="sm" />
    </section>
  );
}

interface RowProps {
  thing: SharedThing;
  request: AccessRequestView;
  onSaid: (text: string) => void;
  onRefused: OnRefused;
  onGone: () => void;
}

function Row({ thing, request, onSaid, onRefused, onGone }: RowProps) {
  const t = useTranslations("requests.answer");
  const { choices } = useRoles(thing);
  const answer = useAnswer(request);
  const { id, person, permissions } = request;
  // who can read already asks for more than that
  const [chosen, setChosen] = useState(permissions.includes("view_documents") ? "editor" : "viewer");
  const role = choices.find(({ key }) => key === chosen) ?? choices[0];
  const isBusyWith = (what: "approve" | "decline") =>
    answer.isPending && (answer.variables === "decline") === (what === "decline");
  async function send(given: Parameters<typeof answer.mutateAsync>[0], said: string) {
    try {
      await answer.mutateAsync(given);
      onGone();
      onSaid(said);
    } catch (error) {
      onRefused(error, "");
    }
  }
  return (
    <li data-id={id}>
      <Asker request={request} />
      <div className="mt-2.5 ml-10 flex flex-wrap items-center gap-2">
        <Select
          aria-label={t("roleFor", { name: person.name })}
          value={role?.key ?? ""}
          onValueChange={setChosen}
          options={choices.map(({ key, label, description }) => ({ value: key, label, description }))}
          className="max-w-40"
        />
        <Button
          data-answer
          variant="primary"
          aria-label={t("approveOf", { name: person.name })}
          isBusy={isBusyWith("approve")}
          onClick={() =>
            role &&
            void send(
              { approve: role.isBuiltIn ? { role: role.key } : { roleId: role.key } },
              t("saidApproved", { name: person.name }),
            )
          }
        >
          {t("approve")}
        </Button>
        <Button
          variant="ghost"
          aria-label={t("declineOf", { name: person.name })}
          isBusy={isBusyWith("decline")}
          onClick={() => void send("decline", t("saidDeclined", { name: person.name }))}
        >
          {t("decline")}
        </Button>
      </div>
      {answer.error && <Problem error={answer.error} isShown className="mt-2 ml-10" />}
    </li>
  );
}
