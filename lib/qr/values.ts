import qrcode from "qrcode-generator";

/** A QR code as the path of an SVG whose view box has `size` units a side; the quiet zone is the page's. */
export interface QrPath {
  size: number;
  path: string;
}

/** Draws a text as a QR code that survives some dirt (level M). */
export function qrPath(text: string): QrPath {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) if (code.isDark(y, x)) path += `M${x} ${y}h1v1h-1z`;
  return { size, path };
}
