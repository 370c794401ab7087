"use client";
import { CircleAlert, CircleCheck, CircleSlash, Clock, RotateCw, X } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { ApiError } from "#components/api-error.ts";
import { useClock } from "#components/clock.ts";
import { KindIcon } from "#components/documents/kind-icon.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { typeOfFile } from "#lib/documents/values.ts";
import { formatBytes } from "#lib/i18n/format.ts";
import { QuotaRefusal } from "./quota-refusal.tsx";
import { UploadError } from "./upload-error.ts";
import { isActive, type UploadItem } from "./upload-item.ts";
import { uploadQueue } from "./upload-queue.ts";

/** One file in the tray: how far it is, what went wrong, and what can be done. */
export function UploadRow({ item }: { item: UploadItem }) {
  const t = useTranslations("upload");
  const common = useTranslations("common");
  const { name, type } = item.file;
  return (
    <div className="group/row border-line flex items-start gap-2.5 border-t px-3 py-2">
      <KindIcon contentType={typeOfFile(name, type)} className="text-ink-faint mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        {item.document ? (
          <Link
            href={`/documents/${item.document.id}`}
            title={item.path}
            className="block truncate rounded-sm hover:underline"
          >
            {name}
          </Link>
        ) : (
          <span title={item.path} className="block truncate">
            {name}
          </span>
        )}
        <UploadState item={item} />
      </div>
      <StateIcon item={item} />
      {isActive(item) && (
        <IconButton
          label={t("cancelOf", { name })}
          icon={<X />}
          size="sm"
          hasTooltip={false}
          onClick={() => uploadQueue.cancel(item.id)}
        />
      )}
      {(item.phase === "cancelled" || (item.phase === "failed" && !isHopeless(item))) && (
        <IconButton
          label={t("retryOf", { name })}
          icon={<RotateCw />}
          size="sm"
          hasTooltip={false}
          title={common("retry")}
          onClick={() => uploadQueue.retry(item.id)}
        />
      )}
    </div>
  );
}

/** The same file would be refused again. */
const isHopeless = ({ error }: UploadItem): boolean =>
  error instanceof UploadError
    ? error.code === "empty"
    : error instanceof ApiError &&
      ["content_mismatch", "type_not_allowed", "file_too_large"].includes(error.code);

function StateIcon({ item: { phase } }: { item: UploadItem }) {
  if (phase === "done") return <CircleCheck aria-hidden className="text-success mt-1 size-4 shrink-0" />;
  if (phase === "failed") return <CircleAlert aria-hidden className="text-danger mt-1 size-4 shrink-0" />;
  if (phase === "cancelled")
    return <CircleSlash aria-hidden className="text-ink-faint mt-1 size-4 shrink-0" />;
  if (phase === "waiting") return <Clock aria-hidden className="text-ink-faint mt-1 size-4 shrink-0" />;
  return null;
}

function UploadState({ item }: { item: UploadItem }) {
  const t = useTranslations("upload");
  const locale = useLocale();
  const textOf = useErrorText();
  const { file, phase } = item;
  const line = (text: ReactNode) => (
    <span className="text-ink-muted block truncate text-xs tabular-nums">{text}</span>
  );
  switch (phase) {
    case "hashing":
    case "sending":
    case "confirming": {
      const done = phase === "hashing" ? item.hashedBytes : item.sentBytes;
      const label = t(phase, {
        done: formatBytes(done, locale),
        total: formatBytes(file.size, locale),
      });
      const percent = phase === "confirming" ? 100 : file.size > 0 ? (done / file.size) * 100 : null;
      return (
        <>
          {line(label)}
          <Progress
            // looking through the file is not sending it: the bar starts again, in a quieter way
            percent={phase === "hashing" ? percent && percent / 20 : percent}
            label={t("progressOf", { name: file.name })}
            className="mt-1.5"
          />
        </>
      );
    }
    case "waiting":
      return <Waiting retryAt={item.retryAt ?? 0} />;
    case "failed":
      return (
        <span className="text-danger-ink block text-xs">
          {item.error instanceof UploadError ? t(`errors.${item.error.code}`) : textOf(item.error)}
          <QuotaRefusal error={item.error} />
        </span>
      );
    case "done":
      return line(
        item.wasStored
          ? t("alreadyStored")
          : t("added", { collection: item.collection.name, size: formatBytes(file.size, locale) }),
      );
    case "queued":
      return line(t("queued", { size: formatBytes(file.size, locale) }));
    case "cancelled":
      return line(t("cancelled"));
  }
}

function Waiting({ retryAt }: { retryAt: number }) {
  const t = useTranslations("upload");
  const now = useClock(1000);
  const seconds = Math.max(0, Math.ceil((retryAt - now.getTime()) / 1000));
  return <span className="text-ink-muted block text-xs tabular-nums">{t("waiting", { seconds })}</span>;
}
