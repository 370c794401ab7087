import type { Sharp } from "sharp";
import { escapeXml, widthOf } from "./text-drawing.ts";
import { loadSharp } from "./thumbnail.ts";

/** Slanted as far as a page's own lines never are. */
const degrees = -28;
/** Letters as wide as this part of the picture's width; a small picture is not to be filled by its mark. */
const letterPart = 1 / 42;

interface Size {
  width: number;
  height: number;
}
interface Mark {
  input: Buffer;
  raw: { width: number; height: number; channels: 4 };
}

/** Pages of one document are mostly of one size: its mark is drawn once. */
let drawn: { key: string; mark: Promise<Mark> } | undefined;

/**
 * Lays a text across a picture, again and again. Dark letters with a light edge, both faint: what is below can be read, on
 * paper as on a photograph, and no part of it can be cut out without the mark.
 */
export async function addWatermark(image: Sharp, text: string, picture: Size): Promise<Sharp> {
  const key = `${picture.width} ${picture.height} ${text}`;
  if (drawn?.key !== key) drawn = { key, mark: drawMark(text, picture) };
  return image.composite([{ ...(await drawn.mark), tile: true, gravity: "northwest" }]);
}

/** One tile: the text twice, the second time between the first ones. A pattern in SVG takes ten times as long. */
async function drawMark(text: string, picture: Size): Promise<Mark> {
  const size = Math.max(9, picture.width * letterPart);
  const length = [...text].reduce((sum, character) => sum + widthOf(character), 0) * size;
  const radians = (Math.abs(degrees) * Math.PI) / 180;
  const width = Math.ceil(length * Math.cos(radians) + 4 * size);
  const height = Math.ceil(2 * (length * Math.sin(radians) + size));
  const line = (x: number, y: number) =>
    `<text x="${x}" y="${y}" text-anchor="middle" transform="rotate(${degrees} ${x} ${y})">${escapeXml(text)}</text>`;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    `<g font-family="Liberation Sans, sans-serif" font-size="${size.toFixed(1)}" font-weight="700" fill="#000000" fill-opacity="0.16" stroke="#ffffff" stroke-opacity="0.3" stroke-width="${(size / 24).toFixed(2)}">`,
    line(width / 2, height / 4),
    // across the edge: both ends of the tile hold a half
    line(0, (height * 3) / 4),
    line(width, (height * 3) / 4),
    `</g></svg>`,
  ].join("");
  const sharp = await loadSharp("image/svg+xml");
  // a small picture has no room for a tile: it gets the middle of the first text
  const room = { width: Math.min(width, picture.width), height: Math.min(height, picture.height) };
  const { data, info } = await sharp(Buffer.from(svg))
    .extract({
      ...room,
      left: Math.floor((width - room.width) / 2),
      top: Math.min(height - room.height, Math.max(0, Math.floor(height / 4 - room.height / 2))),
    })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { input: data, raw: { width: info.width, height: info.height, channels: 4 } };
}
