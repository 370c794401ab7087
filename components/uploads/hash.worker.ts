import { hashInPieces } from "./hash-in-pieces.ts";

interface Scope {
  onmessage: ((event: MessageEvent<File>) => void) | null;
  postMessage: (message: HashMessage) => void;
}
export type HashMessage = { bytes: number } | { sha256: string } | { error: string };

const scope = self as unknown as Scope;

scope.onmessage = ({ data: file }) => {
  hashInPieces(file, (bytes) => scope.postMessage({ bytes })).then(
    (sha256) => scope.postMessage({ sha256 }),
    (error: unknown) => scope.postMessage({ error: String(error) }),
  );
};
