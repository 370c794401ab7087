"use client";
import { ZoomIn, ZoomOut } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { DropdownMenu, MenuRadioGroup } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";

type Fit = "page-width" | "page-fit";

interface ZoomControlsProps {
  /** 1 is the actual size. */
  scale: number;
  fit: Fit | "auto" | null;
  onStep: (steps: number) => void;
  onZoom: (scale: number | Fit) => void;
}

const presets = [0.5, 0.75, 1, 1.5, 2, 4];

/** Larger, smaller, and the usual sizes. */
export function ZoomControls({ scale, fit, onStep, onZoom }: ZoomControlsProps) {
  const t = useTranslations("document.viewer");
  const percent = Math.round(scale * 100);
  return (
    <span className="flex shrink-0 items-center">
      <IconButton label={t("zoomOut")} icon={<ZoomOut />} onClick={() => onStep(-1)} />
      <DropdownMenu
        align="center"
        trigger={
          <Button variant="ghost" aria-label={t("zoom", { percent })} className="min-w-16 px-2! tabular-nums">
            {percent} %
          </Button>
        }
      >
        <MenuRadioGroup
          value={fit ?? String(scale)}
          onValueChange={(value) =>
            onZoom(value === "page-width" || value === "page-fit" ? value : Number(value))
          }
          options={[
            { value: "page-fit", label: t("fitPage") },
            { value: "page-width", label: t("fitWidth") },
            ...presets.map((preset) => ({ value: String(preset), label: `${preset * 100} %` })),
          ]}
        />
      </DropdownMenu>
      <IconButton label={t("zoomIn")} icon={<ZoomIn />} onClick={() => onStep(1)} />
    </span>
  );
}
