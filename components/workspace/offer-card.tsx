"use client";
import { Building2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { OfferView } from "#lib/workspaces/schema.ts";
import { useAnswerOffer } from "./queries.ts";

interface OfferCardProps {
  offer: OfferView;
  /** Puts it aside; missing where there is nothing else on the page. */
  onLater?: () => void;
}

/** An invitation into a workspace: who asks, what joining means, and the three answers. */
export function OfferCard({ offer, onLater }: OfferCardProps) {
  const t = useTranslations("people.offer");
  const textOf = useErrorText();
  const router = useRouter();
  const answer = useAnswerOffer();
  const { workspaceName: workspace, inviterName: inviter, collections, openCollections, obstacle } = offer;

  const send = (choice: "accept" | "decline") =>
    answer.mutate(
      { offer, answer: choice },
      {
        onSuccess() {
          notify.done(t(choice === "accept" ? "joined" : "declined", { workspace }));
          if (choice === "accept") router.push("/");
          router.refresh();
        },
      },
    );
  const isBusyWith = (choice: string) =>
    (answer.isPending || answer.isSuccess) && answer.variables.answer === choice;
  return (
    <Card className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <span
        aria-hidden
        className="bg-accent-soft text-accent-ink grid size-9 shrink-0 place-items-center rounded-md"
      >
        <Building2 className="size-4.5" />
      </span>
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="font-medium wrap-anywhere">
          {t.rich("notice", {
            inviter,
            workspace,
            b: (chunks) => <strong className="font-semibold">{chunks}</strong>,
          })}
        </h2>
        <p className="text-ink-muted mt-0.5 text-sm text-pretty">
          {obstacle
            ? t(`obstacles.${obstacle}`)
            : [
                t("text", { role: offer.role }),
                collections > 0 && t("moves", { count: collections }),
                openCollections > 0 && t("private", { count: openCollections }),
                t("ends"),
              ]
                .filter(Boolean)
                .join(" ")}
        </p>
        {answer.error && (
          <p role="alert" className="text-danger-ink mt-1 text-sm">
            {textOf(answer.error)}
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="ghost"
          disabled={answer.isPending}
          isBusy={isBusyWith("decline")}
          onClick={() => send("decline")}
        >
          {t("decline")}
        </Button>
        {onLater && <Button onClick={onLater}>{t("later")}</Button>}
        {!obstacle && (
          <Button variant="primary" isBusy={isBusyWith("accept")} onClick={() => send("accept")}>
            {t("join")}
          </Button>
        )}
      </div>
    </Card>
  );
}
