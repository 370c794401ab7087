"use client";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { buttonClass } from "#components/ui/button-class.ts";
import { QrCode } from "#components/ui/qr-code.tsx";
import { qrPath } from "#lib/qr/values.ts";

interface LinkQrProps {
  url: string;
  /** Of the file that it can be saved as. */
  fileName: string;
}

/** An address as a picture for cameras, to show and to print. */
export function LinkQr({ url, fileName }: LinkQrProps) {
  const t = useTranslations("links.edit");
  const code = useMemo(() => qrPath(url), [url]);
  const side = code.size + 8;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 ${side} ${side}" width="${side * 16}" height="${side * 16}" shape-rendering="crispEdges">` +
    `<rect x="-4" y="-4" width="100%" height="100%" fill="white"/><path d="${code.path}"/></svg>`;
  return (
    <div className="flex flex-wrap items-center gap-5">
      <QrCode code={code} label={t("qr")} className="border-line size-45 shrink-0 border max-sm:mx-auto" />
      <a
        href={`data:image/svg+xml,${encodeURIComponent(svg)}`}
        download={`${fileName}.svg`}
        className={buttonClass({ size: "sm", className: "max-sm:mx-auto" })}
      >
        <Download aria-hidden />
        {t("saveQr")}
      </a>
    </div>
  );
}
