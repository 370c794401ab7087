import { Mail } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { env } from "#lib/env/index.ts";
import { listMails, type StoredMail } from "#lib/mail/index.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("mail.mailbox"))("title") };
}

/** For development: the mails in MAIL_DIR, newest first. Whoever opens it can use the links in them. */
export default async function Mailbox() {
  if (!env.MAILBOX_PAGE) notFound();
  const [t, mails] = await Promise.all([getTranslations("mail.mailbox"), listMails()]);
  return (
    <main id="content" className="mx-auto w-full max-w-180 px-4 py-8 sm:px-8">
      <h1 className="font-serif text-xl font-medium">{t("title")}</h1>
      <p className="text-ink-muted mt-1 mb-6 max-w-140 text-pretty">{t("description")}</p>
      {mails.length === 0 ? (
        <EmptyState icon={<Mail />} title={t("emptyTitle")} text={t("emptyText")} />
      ) : (
        <ul className="flex flex-col gap-4">
          {mails.map((mail) => (
            <li key={mail.id}>
              <MailCard mail={mail} toLabel={t("to")} asSentLabel={t("asSent")} />
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}

function MailCard({
  mail,
  toLabel,
  asSentLabel,
}: {
  mail: StoredMail;
  toLabel: string;
  asSentLabel: string;
}) {
  return (
    <Card className="p-5">
      <h2 className="text-md font-semibold wrap-anywhere">{mail.subject}</h2>
      <p className="text-ink-muted mt-0.5 text-sm wrap-anywhere">
        {toLabel} {mail.to}
        <span aria-hidden> · </span>
        <RelativeTime value={mail.sentAt} />
      </p>
      <p className="mt-4 wrap-anywhere whitespace-pre-line">
        <WithLinks text={mail.text} />
      </p>
      <details className="mt-4">
        <summary className="text-ink-muted hover:text-ink w-fit cursor-default rounded-sm text-sm">
          {asSentLabel}
        </summary>
        {/* no scripts, no origin of ours: links open in a new tab */}
        <iframe
          title={mail.subject}
          loading="lazy"
          srcDoc={mail.html.replace("<head>", '<head><base target="_blank">')}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          className="border-line mt-3 h-130 w-full rounded-md border bg-white"
        />
      </details>
    </Card>
  );
}

/** The text with its addresses made links, where they lead to this application. */
function WithLinks({ text }: { text: string }) {
  return text.split(/(https?:\/\/\S+)/).map((part, index) =>
    part.startsWith(new URL(env.APP_URL).origin) ? (
      <a key={index} href={part} className="text-accent-ink underline underline-offset-4">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
