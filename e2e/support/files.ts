import sharp from "sharp";
import {
  bookPdf,
  chromiumPdf,
  classicXrefPdf,
  garbagePdf,
  letterPdf,
  lockedPdfs,
  rotatedPdf,
  scanPdf,
} from "../fixtures/pdfs.ts";
import type { Upload } from "./caller.ts";

/** A file as a browser's file chooser takes it. */
export interface ChosenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export const toUpload = ({ name, mimeType, buffer }: ChosenFile): Upload => ({
  name,
  type: mimeType,
  bytes: buffer,
});

const pdf = (name: string, buffer: Buffer): ChosenFile => ({ name, mimeType: "application/pdf", buffer });

/** Opens the two encrypted fixtures. */
export const openPassword = "openpassword";

export const picture = async (name = "picture.png", colour = "#2b6f6a"): Promise<ChosenFile> => ({
  name,
  mimeType: "image/png",
  buffer: await sharp({ create: { width: 640, height: 400, channels: 3, background: colour } })
    .png()
    .toBuffer(),
});

/** What people really have: by several producers, of 1 to 300 pages, locked, damaged, and no PDFs at all. */
export async function mixedFiles(): Promise<ChosenFile[]> {
  const printed = await chromiumPdf();
  return [
    pdf("Letter.pdf", await letterPdf()),
    pdf("Book.pdf", await bookPdf()),
    pdf("Scan.pdf", await scanPdf()),
    pdf("Classic.pdf", classicXrefPdf()),
    pdf("Turned.pdf", await rotatedPdf()),
    pdf("Locked.pdf", lockedPdfs["encrypted-aes"]()),
    pdf("Broken.pdf", garbagePdf()),
    await picture("Picture.png"),
    {
      name: "Notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("Grüße aus dem Lesesaal.\nSecond line.\n"),
    },
    ...(printed ? [pdf("Printed.pdf", printed)] : []),
  ];
}
