import { FileImage, FileSpreadsheet, FileText, FileType } from "lucide-react";
import { kindOf } from "./document-kind.ts";

const icons = { pdf: FileType, image: FileImage, table: FileSpreadsheet, text: FileText };

/** A document's kind as a picture; decorative, the name says it. */
export function KindIcon({ contentType, className }: { contentType: string; className?: string }) {
  const Icon = icons[kindOf(contentType)];
  return <Icon aria-hidden className={className} strokeWidth={1.5} />;
}
