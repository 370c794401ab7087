/** The size that programs expect of a link's picture, in pixels. */
export const cardSize = { width: 1200, height: 630 };

const charactersInLine = 26;
const mostLines = 3;

/** The picture of a link, as an SVG: a title in a few lines, and a line below it. Texts are taken as they are. */
export function cardSvg({ title, text }: { title: string; text: string }): string {
  const lines = linesOf(title);
  const first = 315 - (lines.length - 1) * 44;
  const titleLines = lines
    .map(
      (line, i) =>
        `<text x="96" y="${first + i * 88}" font-family="serif" font-size="72" fill="#1f1d1a">${escaped(line)}</text>`,
    )
    .join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${cardSize.width}" height="${cardSize.height}">
<rect width="100%" height="100%" fill="#faf8f4"/><rect width="14" height="100%" fill="#2f5d50"/>
<text x="96" y="120" font-family="sans-serif" font-size="32" fill="#2f5d50">Sheaf</text>${titleLines}
<text x="96" y="${first + (lines.length - 1) * 88 + 84}" font-family="sans-serif" font-size="34" fill="#6b665e">${escaped(short(text, 60))}</text>
</svg>`;
}

/** Words in lines; what does not fit ends in an ellipsis. */
function linesOf(title: string): string[] {
  const lines: string[] = [];
  for (const word of title.split(/\s+/u).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && [...last, ...word].length < charactersInLine)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(short(word, charactersInLine));
  }
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines - 1), `${short(lines[mostLines - 1]!, charactersInLine - 1)}…`];
}

function short(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
/** Without what XML can't hold. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, "")
    .replace(/[&<>"']/g, (character) => entities[character]!);
