"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { documentListKey, recentKey } from "#components/documents/queries.ts";
import { type Pages, withNewcomer } from "#components/list-pages.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Progress } from "#components/ui/progress.tsx";
import type { DocumentView } from "#lib/documents/schema.ts";
import { totalsOf, type UploadItem, type UploadTotals } from "./upload-item.ts";
import { UploadGate } from "./upload-gate.tsx";
import { uploadQueue } from "./upload-queue.ts";
import { UploadRow } from "./upload-row.tsx";
import { useUploads } from "./use-uploads.ts";

/** Docked bottom right on every page: all uploads of this tab, and the questions before they start. */
export function UploadTray() {
  const t = useTranslations("upload");
  const { items, proposal } = useUploads();
  const totals = totalsOf(items);
  const [isOpen, setOpen] = useState(true);
  const isDone = totals.done > 0 && totals.active === 0 && totals.failed === 0;
  useArrivals();
  useEffect(() => {
    // what went well steps aside by itself; what failed waits to be seen
    if (!isDone) return;
    const timer = setTimeout(() => setOpen(false), 5000);
    return () => {
      clearTimeout(timer);
      setOpen(true);
    };
  }, [isDone]);
  return (
    <>
      {proposal && <UploadGate key={`${proposal.collection?.id} ${proposal.files.length}`} {...proposal} />}
      <p aria-live="polite" className="sr-only">
        {items.length > 0 &&
          totals.active === 0 &&
          t("finished", { done: totals.done, failed: totals.failed })}
      </p>
      {items.length > 0 && (
        <section
          aria-label={t("tray")}
          className="animate-rise-in border-line bg-surface shadow-float fixed right-0 bottom-0 z-30 flex max-h-[min(26rem,60dvh)] w-full flex-col overflow-hidden rounded-t-lg border sm:right-4 sm:w-92"
        >
          <TrayHeader totals={totals} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
          {isOpen && <Rows items={items} />}
        </section>
      )}
    </>
  );
}

function TrayHeader({
  totals,
  isOpen,
  onToggle,
}: {
  totals: UploadTotals;
  isOpen: boolean;
  onToggle: () => void;
}) {
  const t = useTranslations("upload");
  const isRunning = totals.active > 0;
  const title = isRunning
    ? t("running", { active: totals.active, percent: totals.percent ?? 0 })
    : totals.done + totals.failed > 0
      ? t("finished", { done: totals.done, failed: totals.failed })
      : t("stopped");
  return (
    <div className="shrink-0">
      <div className="flex items-center gap-1 py-2 pr-2 pl-4">
        <h2 className="min-w-0 flex-1 truncate font-semibold tracking-normal tabular-nums">{title}</h2>
        <IconButton
          label={isOpen ? t("collapse") : t("expand")}
          icon={<ChevronDown className={isOpen ? "" : "rotate-180"} />}
          size="sm"
          hasTooltip={false}
          aria-expanded={isOpen}
          onClick={onToggle}
        />
        <IconButton
          label={isRunning ? t("cancelAll") : t("closeTray")}
          icon={<X />}
          size="sm"
          hasTooltip={isRunning}
          onClick={() => (isRunning ? uploadQueue.cancelAll() : uploadQueue.clear())}
        />
      </div>
      {isRunning && <Progress percent={totals.percent} label={t("total")} className="rounded-none" />}
    </div>
  );
}

/** Hundreds of files may be on their way: only the rows in view exist. */
function Rows({ items }: { items: readonly UploadItem[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 56,
    getItemKey: (index) => items[index]!.id,
    overscan: 8,
  });
  return (
    // a scrolling box must be reachable by keyboard
    <div ref={scroller} tabIndex={0} className="min-h-0 overflow-y-auto overscroll-contain">
      <ul className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => (
          <li
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${row.start}px)` }}
          >
            <UploadRow item={items[row.index]!} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Shows what arrived at once in the open list, and lets counts and the quota bar catch up, at most twice a second. */
function useArrivals(): void {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const refresh = () => {
      timer = null;
      for (const queryKey of [["quota"], ["collections"], recentKey])
        void client.invalidateQueries({ queryKey });
    };
    const stop = uploadQueue.onConfirmed((document, collection) => {
      client.setQueryData<Pages<DocumentView>>(
        documentListKey({ scope: "live", collectionId: collection.id }),
        (data) => data && withNewcomer(data, document),
      );
      timer ??= setTimeout(refresh, 500);
    });
    return () => {
      stop();
      if (timer) clearTimeout(timer);
    };
  }, [client]);
}
