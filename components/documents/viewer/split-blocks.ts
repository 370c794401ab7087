/** Lines per block: drawing a few blocks instead of a whole log keeps scrolling smooth. */
const linesPerBlock = 40;
/** A file without line breaks (minified data) must not become one block. */
const maxLineLength = 4000;

/** Cuts text into blocks that are drawn one by one. Joining them by line breaks gives the text again, long lines apart. */
export function splitBlocks(text: string): string[] {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .flatMap(cutLine);
  const blocks: string[] = [];
  for (let start = 0; start < lines.length; start += linesPerBlock)
    blocks.push(lines.slice(start, start + linesPerBlock).join("\n"));
  return blocks;
}

function cutLine(line: string): string[] {
  if (line.length <= maxLineLength) return [line];
  const parts: string[] = [];
  for (let start = 0; start < line.length; start += maxLineLength)
    parts.push(line.slice(start, start + maxLineLength));
  return parts;
}
