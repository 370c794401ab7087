"use client";
import { useTranslations } from "next-intl";
import { Fragment } from "react";
import { Dialog } from "#components/ui/dialog.tsx";

type Key = Parameters<ReturnType<typeof useTranslations<"search.keys">>>[0];

/** The keys by where they act; of several in a line each does it. */
const sections: [title: Key, lines: [what: Key, keys: string[]][]][] = [
  [
    "everywhere",
    [
      ["palette", ["Ctrl K", "⌘ K"]],
      ["search", ["/"]],
      ["newCollection", ["C"]],
      ["upload", ["U"]],
      ["share", ["S"]],
      ["help", ["?"]],
    ],
  ],
  [
    "lists",
    [
      ["move", ["J", "K"]],
      ["open", ["Enter"]],
      ["select", ["X"]],
      ["selectAll", ["Ctrl A", "⌘ A"]],
      ["details", ["."]],
      ["rename", ["F2"]],
      ["moveTo", ["M"]],
      ["trash", ["Del"]],
    ],
  ],
  [
    "documents",
    [
      ["neighbours", ["J", "K"]],
      ["pages", ["←", "→"]],
      ["zoom", ["+", "−", "0"]],
    ],
  ],
];

/** Which keys do what. */
export function KeysDialog({
  isOpen,
  onOpenChange,
}: {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations("search.keys");
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={t("title")} size="lg">
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {sections.map(([title, lines]) => (
          <section key={title}>
            <h3 className="mb-1 font-medium">{t(title)}</h3>
            <dl>
              {lines.map(([what, keys]) => (
                <div key={what} className="border-line flex items-center gap-4 border-b py-1.5 last:border-0">
                  <dt className="text-ink-muted min-w-0 flex-1">{t(what)}</dt>
                  <dd className="flex shrink-0 items-center gap-1">
                    {keys.map((key, index) => (
                      <Fragment key={key}>
                        {index > 0 && <span className="sr-only">{t("or")}</span>}
                        <kbd className="bg-sunken border-line min-w-6 rounded-sm border px-1.5 py-0.5 text-center font-sans text-xs">
                          {key}
                        </kbd>
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
