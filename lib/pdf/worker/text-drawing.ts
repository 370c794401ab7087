/** Draws the beginning of a text as a page: an SVG, 480 by 640, whatever the text. */
export function drawText(text: string, contentType: string): string {
  const lines = text.split("\n").slice(0, 200);
  const body =
    contentType === "text/csv"
      ? drawTable(lines)
      : contentType === "text/markdown"
        ? drawMarkdown(lines)
        : drawPlain(lines);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<g font-family="Liberation Sans, sans-serif" fill="#292524">${body}</g></svg>`,
  ].join("");
}

const width = 480;
const height = 640;
const margin = 36;
const innerWidth = width - 2 * margin;

type Style = { size: number; bold?: boolean; indent?: number; before?: number };
const plain: Style = { size: 13 };

function drawPlain(lines: string[]): string {
  return drawFlow(lines.map((text) => ({ text, style: plain })));
}

function drawMarkdown(lines: string[]): string {
  return drawFlow(
    joinParagraphs(lines).map((line) => {
      const heading = /^(#{1,6})\s+(.*)$/.exec(line);
      if (heading) {
        const size = [24, 19, 16][heading[1]!.length - 1] ?? 14;
        return { text: stripMarks(heading[2]!), style: { size, bold: true, before: size * 0.5 } };
      }
      const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line);
      if (item) return { text: `•  ${stripMarks(item[1]!)}`, style: { ...plain, indent: 14 } };
      return { text: stripMarks(line), style: plain };
    }),
  );
}

/** Lines of one paragraph or list item run on; headings, items and blank lines begin anew. */
function joinParagraphs(lines: string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    const isOwn = /^\s*([-*+]|\d+[.)]|#{1,6}|>|\||```)/.test(line) || line.trim() === "";
    if (isOwn || !last || last.trim() === "" || /^#{1,6}\s/.test(last)) joined.push(line);
    else joined[joined.length - 1] = `${last.trimEnd()} ${line.trim()}`;
  }
  return joined;
}

/** Emphasis, code and link marks; what remains is what a reader would see. */
function stripMarks(text: string): string {
  return text
    .replace(/!?\[([^\]]{0,200})\]\([^)]{0,500}\)/g, "$1")
    .replace(/(\*\*|__|\*|`|~~)(?=\S)/g, "")
    .replace(/(?<=\S)(\*\*|__|\*|`|~~)/g, "")
    .replace(/^>\s?/, "");
}

function drawFlow(lines: { text: string; style: Style }[]): string {
  const out: string[] = [];
  let y = margin;
  for (const { text, style } of lines) {
    const indent = style.indent ?? 0;
    y += y > margin ? (style.before ?? 0) : 0;
    for (const piece of wrap(text, (innerWidth - indent) / style.size)) {
      y += style.size * 1.45;
      if (y > height - margin / 2) return out.join("");
      out.push(drawLine(piece, margin + indent, y, style));
    }
  }
  return out.join("");
}

function drawTable(lines: string[]): string {
  const separator = findSeparator(lines[0] ?? "");
  const filled = lines.filter((line) => line.trim() !== "");
  const rows = filled.slice(0, 24).map((line) => splitRow(line, separator));
  const columns = Math.min(5, Math.max(1, ...rows.map((row) => row.length)));
  const columnWidth = innerWidth / columns;
  const rowHeight = 24;
  const out = [
    `<rect x="${margin}" y="${margin}" width="${innerWidth}" height="${rowHeight}" fill="#f5f5f4"/>`,
  ];
  rows.forEach((row, index) => {
    const bottom = margin + (index + 1) * rowHeight;
    for (let column = 0; column < columns; column++) {
      const text = cut(row[column] ?? "", (columnWidth - 10) / 12);
      out.push(
        drawLine(text, margin + column * columnWidth + 5, bottom - 8, { size: 12, bold: index === 0 }),
      );
    }
    out.push(`<rect x="${margin}" y="${bottom}" width="${innerWidth}" height="1" fill="#e7e5e4"/>`);
  });
  return out.join("");
}

function findSeparator(line: string): string {
  const count = (separator: string) => line.split(separator).length;
  return [",", ";", "\t"].reduce((best, next) => (count(next) > count(best) ? next : best));
}

function splitRow(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (const character of line.slice(0, 2000)) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      cells.push(cell.trim());
      cell = "";
    } else cell += character;
  }
  return [...cells, cell.trim()];
}

function drawLine(text: string, x: number, y: number, style: Style): string {
  const weight = style.bold ? ' font-weight="700"' : "";
  return `<text x="${x}" y="${y.toFixed(1)}" font-size="${style.size}"${weight} xml:space="preserve">${escapeXml(text)}</text>`;
}

/** Rough widths in ems: wide scripts take one, narrow letters a quarter, the rest half. */
function widthOf(character: string): number {
  if (
    /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(character)
  )
    return 1;
  if (/[iljtfI.,:;'|!()[\] ]/.test(character)) return 0.3;
  return /[A-ZÄÖÜmwMW@%]/.test(character) ? 0.72 : 0.54;
}

function cut(text: string, limitEms: number): string {
  let used = 0;
  let out = "";
  for (const character of text) {
    used += widthOf(character);
    if (used > limitEms) return `${out.slice(0, -1)}…`;
    out += character;
  }
  return out;
}

function wrap(text: string, limitEms: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text
    .slice(0, 4000)
    .replaceAll("\t", "    ")
    .split(/(?<= )/)) {
    const length = [...word].reduce((sum, character) => sum + widthOf(character), 0);
    if (used + length > limitEms && line) {
      lines.push(line);
      line = "";
      used = 0;
    }
    if (length <= limitEms) {
      line += word;
      used += length;
      continue;
    }
    for (const character of word) {
      used += widthOf(character);
      if (used > limitEms) {
        lines.push(line);
        line = "";
        used = widthOf(character);
      }
      line += character;
    }
  }
  return [...lines, line];
}

function escapeXml(text: string): string {
  return text
    .replace(/[^\t\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
}
