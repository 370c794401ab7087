import { hashInPieces } from "./hash-in-pieces.ts";

interface Scope {
  onmessage: ((event: MessageEvent<File>) => void) | null;
  postMessage: (message: HashMessage) => void;
}
export type HashMessage = { bytes: number } | { sha256: string } | { error: string };

// in a worker it is this
declare const self: Scope;

self.onmessage = ({ data: file }) => {
  hashInPieces(file, (bytes) => self.postMessage({ bytes })).then(
    (sha256) => self.postMessage({ sha256 }),
    (error: unknown) => self.postMessage({ error: String(error) }),
  );
};
