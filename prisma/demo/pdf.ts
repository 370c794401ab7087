import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from "pdf-lib";

/** Points: A4, and margins that read well. */
const page = { width: 595, height: 842, margin: 72 };
const ink = rgb(0.13, 0.12, 0.11);
const faint = rgb(0.45, 0.43, 0.4);
const accent = rgb(0.06, 0.38, 0.4);

export type Block =
  | { kind: "heading"; text: string }
  | { kind: "text"; text: string }
  | { kind: "table"; rows: string[][] }
  | { kind: "bars"; label: string; values: [name: string, value: number][] };

export interface Script {
  title: string;
  subtitle: string;
  author: string;
  /** A page of its own for the title. */
  hasCover?: boolean;
  blocks: Block[];
}

/** Sets a short document: serif text, sans headings, running foot with page numbers. */
export async function setPdf({ title, subtitle, author, hasCover, blocks }: Script): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(title);
  pdf.setAuthor(author);
  pdf.setCreationDate(new Date(0));
  pdf.setModificationDate(new Date(0));
  const serif = await pdf.embedFont(StandardFonts.TimesRoman);
  const sans = await pdf.embedFont(StandardFonts.Helvetica);
  const bold = await pdf.embedFont(StandardFonts.HelveticaBold);
  const width = page.width - 2 * page.margin;
  let sheet: PDFPage = pdf.addPage([page.width, page.height]);
  let y = page.height - page.margin;

  const turn = () => {
    sheet = pdf.addPage([page.width, page.height]);
    y = page.height - page.margin;
  };
  const need = (height: number) => {
    if (y - height < page.margin) turn();
  };
  const write = (text: string, font: PDFFont, size: number, color = ink, lead = size * 1.45) => {
    for (const line of wrap(text, font, size, width)) {
      need(lead);
      y -= lead;
      sheet.drawText(line, { x: page.margin, y, size, font, color });
    }
  };

  if (hasCover) {
    sheet.drawRectangle({ x: 0, y: page.height - 300, width: page.width, height: 300, color: accent });
    sheet.drawText(title, {
      x: page.margin,
      y: page.height - 200,
      size: 34,
      font: bold,
      color: rgb(1, 1, 1),
      maxWidth: width,
      lineHeight: 38,
    });
    sheet.drawText(subtitle, { x: page.margin, y: page.height - 350, size: 15, font: serif, color: ink });
    sheet.drawText(author, { x: page.margin, y: page.margin, size: 11, font: sans, color: faint });
    turn();
  } else {
    write(title, bold, 22, accent, 28);
    write(subtitle, sans, 11, faint, 20);
    y -= 14;
  }

  for (const block of blocks) {
    if (block.kind === "heading") {
      need(70);
      y -= 16;
      write(block.text, bold, 14, ink, 20);
      y -= 4;
    } else if (block.kind === "text") {
      write(block.text, serif, 11.5);
      y -= 8;
    } else if (block.kind === "table") {
      const columns = block.rows[0]?.length ?? 1;
      block.rows.forEach((row, index) => {
        need(22);
        y -= 20;
        row.forEach((cell, column) =>
          sheet.drawText(cell, {
            x: page.margin + (column * width) / columns,
            y,
            size: 10,
            font: index === 0 ? bold : sans,
            color: ink,
          }),
        );
        sheet.drawLine({
          start: { x: page.margin, y: y - 6 },
          end: { x: page.margin + width, y: y - 6 },
          thickness: index === 0 ? 1 : 0.4,
          color: faint,
        });
      });
      y -= 16;
    } else {
      const height = 150;
      need(height + 40);
      const most = Math.max(...block.values.map(([, value]) => value));
      const slot = width / block.values.length;
      y -= height + 24;
      block.values.forEach(([name, value], index) => {
        const x = page.margin + index * slot;
        sheet.drawRectangle({
          x: x + slot * 0.2,
          y: y + 18,
          width: slot * 0.6,
          height: (height * value) / most,
          color: accent,
          opacity: 0.85,
        });
        sheet.drawText(name, { x: x + slot * 0.2, y: y + 4, size: 9, font: sans, color: faint });
      });
      write(block.label, sans, 9, faint, 16);
      y -= 10;
    }
  }
  pdf.getPages().forEach((one, index, all) => {
    if (hasCover && index === 0) return;
    one.drawText(title, { x: page.margin, y: 40, size: 8.5, font: sans, color: faint });
    const number = `${index + 1} / ${all.length}`;
    one.drawText(number, {
      x: page.width - page.margin - sans.widthOfTextAtSize(number, 8.5),
      y: 40,
      size: 8.5,
      font: sans,
      color: faint,
    });
  });
  return Buffer.from(await pdf.save());
}

function wrap(text: string, font: PDFFont, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && font.widthOfTextAtSize(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
