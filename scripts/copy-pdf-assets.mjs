#!/usr/bin/env node
// Puts what pdf.js reads while it runs (character maps, fonts, decoders, colour profiles) where the app serves it.
// Runs before each build and development start; does nothing when the copy is of the installed version already.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const source = path.join(root, "node_modules/pdfjs-dist");
const target = path.join(root, "public/pdfjs");
const stamp = path.join(target, ".version");
const { version } = JSON.parse(readFileSync(path.join(source, "package.json"), "utf8"));

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== version) {
  rmSync(target, { recursive: true, force: true });
  for (const folder of ["cmaps", "standard_fonts", "wasm", "iccs"]) {
    cpSync(path.join(source, folder), path.join(target, folder), {
      recursive: true,
      // scripts of documents are never run, so their engine stays out
      filter: (file) => !path.basename(file).startsWith("quickjs"),
    });
  }
  // written last: a copy that was cut short is made again
  writeFileSync(stamp, version);
}
