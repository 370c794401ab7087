"use client";
import { Check, Copy, Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { DialogState } from "./form-dialog.tsx";

/** Shows backup codes, once, with ways to keep them. */
export function BackupCodesDialog({ codes, ...dialog }: DialogState & { codes: string[] }) {
  const t = useTranslations("settings.secondFactor");
  const [copied, setCopied] = useState<"yes" | "failed" | null>(null);
  const text = `${codes.join("\n")}\n`;

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      // no clipboard on plain http, or not allowed
      setCopied("failed");
    }
  }

  function download() {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "sheaf-backup-codes.txt";
    link.click();
    URL.revokeObjectURL(url);
  }

  return (
    <Dialog
      {...dialog}
      title={t("codesTitle")}
      description={t("codesText")}
      footer={
        <Button variant="primary" onClick={() => dialog.onOpenChange(false)}>
          {t("kept")}
        </Button>
      }
    >
      <ul className="bg-sunken grid grid-cols-2 gap-x-6 gap-y-2 rounded-md px-5 py-4 text-center font-mono select-text">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button onClick={() => void copy()}>
          {copied === "yes" ? <Check aria-hidden /> : <Copy aria-hidden />}
          <span aria-live="polite">{copied === "yes" ? t("copied") : t("copy")}</span>
        </Button>
        <Button onClick={download}>
          <Download aria-hidden />
          {t("download")}
        </Button>
      </div>
      <p aria-live="polite" className="text-danger-ink mt-3 text-sm empty:hidden">
        {copied === "failed" && t("copyFailed")}
      </p>
    </Dialog>
  );
}
