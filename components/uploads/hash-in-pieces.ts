import { createSHA256 } from "hash-wasm";

/** Large enough that the calls cost nothing, small enough that memory stays flat for files of any size. */
const pieceBytes = 4 * 1024 * 1024;

/** Lower-case hex SHA-256 of a file, holding one piece in memory at a time. */
export async function hashInPieces(file: Blob, onProgress: (bytes: number) => void): Promise<string> {
  const hasher = await createSHA256();
  hasher.init();
  for (let start = 0; start < file.size; start += pieceBytes) {
    const piece = file.slice(start, start + pieceBytes);
    hasher.update(new Uint8Array(await piece.arrayBuffer()));
    onProgress(start + piece.size);
  }
  return hasher.digest("hex");
}
