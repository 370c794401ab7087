/** Draws the beginning of a text as a page: an SVG of 480 by 640. */
export function drawText(text: string, contentType: string): string {
  const lines = text.split("\n").slice(0, 200);
  return pageOf(
    contentType === "text/csv" ? drawTable(lines) : (drawFlow(flowOf(lines, contentType), 1)[0] ?? ""),
  );
}

/** Draws a whole text, as far as so many pages hold it; each an SVG that scales. */
export function drawTextPages(text: string, contentType: string, mostPages: number): string[] {
  const lines = text.split("\n");
  const bodies =
    contentType === "text/csv"
      ? drawTablePages(lines, mostPages)
      : drawFlow(flowOf(lines, contentType), mostPages);
  return (bodies.length > 0 ? bodies : [""]).map(pageOf);
}

const pageOf = (body: string): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<g font-family="Liberation Sans, sans-serif" fill="#292524">${body}</g></svg>`,
  ].join("");

const width = 480;
const height = 640;
const margin = 36;
const innerWidth = width - 2 * margin;

type Style = { size: number; bold?: boolean; indent?: number; before?: number };
const plain: Style = { size: 13 };

interface FlowLine {
  text: string;
  style: Style;
}

const flowOf = (lines: string[], contentType: string): FlowLine[] =>
  contentType === "text/markdown" ? flowOfMarkdown(lines) : lines.map((text) => ({ text, style: plain }));

const flowOfMarkdown = (lines: string[]): FlowLine[] =>
  joinParagraphs(lines).map((line) => {
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (heading) {
      const size = [24, 19, 16][heading[1]!.length - 1] ?? 14;
      return { text: stripMarks(heading[2]!), style: { size, bold: true, before: size * 0.5 } };
    }
    const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line);
    if (item) return { text: `•  ${stripMarks(item[1]!)}`, style: { ...plain, indent: 14 } };
    return { text: stripMarks(line), style: plain };
  });

/** Joins the lines of each paragraph and list item. Headings, items and blank lines begin a new line. */
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

/** Removes marks of emphasis, code and links. */
function stripMarks(text: string): string {
  return text
    .replace(/!?\[([^\]]{0,200})\]\([^)]{0,500}\)/g, "$1")
    .replace(/(\*\*|__|\*|`|~~)(?=\S)/g, "")
    .replace(/(?<=\S)(\*\*|__|\*|`|~~)/g, "")
    .replace(/^>\s?/, "");
}

/** The bodies of the pages that the lines fill, at most so many. */
function drawFlow(lines: FlowLine[], mostPages: number): string[] {
  const pages: string[][] = [];
  let y = height;
  for (const { text, style } of lines) {
    const indent = style.indent ?? 0;
    y += y > margin ? (style.before ?? 0) : 0;
    for (const piece of wrap(text, (innerWidth - indent) / style.size)) {
      y += style.size * 1.45;
      if (y > height - margin / 2) {
        if (pages.length === mostPages) return pages.map((page) => page.join(""));
        pages.push([]);
        y = margin + style.size * 1.45;
      }
      pages.at(-1)!.push(drawLine(piece, margin + indent, y, style));
    }
  }
  return pages.map((page) => page.join(""));
}

/** More columns than this are not legible side by side: such a table is drawn as lines. */
const mostColumns = 8;
const cellSize = 9;
const cellLine = cellSize * 1.4;
/** A cell with more lines than this is cut: a row has to fit on a page. */
const mostCellLines = 30;

/** A table with all of its text, cells wrapped and the head repeated on each page. */
function drawTablePages(lines: string[], mostPages: number): string[] {
  const separator = findSeparator(lines[0] ?? "");
  const rows = lines.filter((line) => line.trim() !== "").map((line) => splitRow(line, separator));
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 1);
  if (columns > mostColumns)
    return drawFlow(
      rows.map((row) => ({ text: row.join("  |  "), style: { size: 10 } })),
      mostPages,
    );
  const columnWidth = innerWidth / columns;
  const layout = (row: string[]) => {
    const cells = Array.from({ length: columns }, (_, column) =>
      wrap(row[column] ?? "", (columnWidth - 8) / cellSize).slice(0, mostCellLines),
    );
    return { cells, rowHeight: Math.max(...cells.map(({ length }) => length)) * cellLine + 8 };
  };
  const draw = ({ cells, rowHeight }: ReturnType<typeof layout>, top: number, bold: boolean) =>
    [
      ...(bold
        ? [`<rect x="${margin}" y="${top}" width="${innerWidth}" height="${rowHeight}" fill="#f5f5f4"/>`]
        : []),
      ...cells.flatMap((cell, column) =>
        cell.map((text, line) =>
          drawLine(text, margin + column * columnWidth + 4, top + (line + 1) * cellLine, {
            size: cellSize,
            bold,
          }),
        ),
      ),
      `<rect x="${margin}" y="${(top + rowHeight).toFixed(1)}" width="${innerWidth}" height="0.7" fill="#d6d3d1"/>`,
    ].join("");
  const head = layout(rows[0] ?? []);
  const pages: string[][] = [];
  let y = height;
  for (const row of rows.slice(1)) {
    const next = layout(row);
    if (y + next.rowHeight > height - margin / 2) {
      if (pages.length === mostPages) break;
      pages.push([draw(head, margin, true)]);
      y = margin + head.rowHeight;
    }
    pages.at(-1)!.push(draw(next, y, false));
    y += next.rowHeight;
  }
  if (pages.length === 0) pages.push([draw(head, margin, true)]);
  return pages.map((page) => page.join(""));
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

/** Rough widths in ems: wide scripts one, narrow letters a quarter, the rest half. */
export function widthOf(character: string): number {
  if (
    /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(character)
  )
    return 1;
  if (/[iljtfI.,:;'|!()[\] ]/.test(character)) return 0.3;
  return /[A-ZÄÖÜmwMW@%]/.test(character) ? 0.72 : 0.54;
}

/** A line of a text with more characters than this is no line. */
const mostLineCharacters = 20_000;

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

export function wrap(text: string, limitEms: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text
    .slice(0, mostLineCharacters)
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

export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
}
