import type { QrPath } from "#lib/qr/values.ts";
import { cn } from "./cn.ts";

interface QrCodeProps {
  code: QrPath;
  label: string;
  className?: string;
}

/** Black on white in either theme, with the quiet zone that scanners ask for. */
export function QrCode({ code: { size, path }, label, className }: QrCodeProps) {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`-4 -4 ${size + 8} ${size + 8}`}
      shapeRendering="crispEdges"
      className={cn("rounded-md", className)}
    >
      <rect x="-4" y="-4" width="100%" height="100%" fill="white" />
      <path d={path} fill="black" />
    </svg>
  );
}
