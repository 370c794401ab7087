import { reasonOf } from "./abort.ts";
import type { HashMessage } from "./hash.worker.ts";

/** Below this the browser's own digest, off the main thread already, is quicker than starting a worker. */
const nativeBelowBytes = 8 * 1024 * 1024;

interface HashOptions {
  signal: AbortSignal;
  /** Bytes read so far. */
  onProgress: (bytes: number) => void;
}

/** Lower-case hex SHA-256 of a file. The page stays responsive, and large files are never held in memory whole. */
export async function hashFile(file: File, { signal, onProgress }: HashOptions): Promise<string> {
  signal.throwIfAborted();
  // on plain http elsewhere than localhost browsers offer no digest
  if (file.size < nativeBelowBytes && globalThis.crypto.subtle) {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    signal.throwIfAborted();
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  const worker = new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<string>((resolve, reject) => {
      const abort = () => reject(reasonOf(signal));
      signal.addEventListener("abort", abort, { once: true });
      worker.onerror = (event) => reject(new Error(event.message || "The hashing worker failed."));
      worker.onmessage = ({ data }: MessageEvent<HashMessage>) => {
        if ("bytes" in data) onProgress(data.bytes);
        else if ("sha256" in data) resolve(data.sha256);
        else reject(new Error(data.error));
      };
      worker.postMessage(file);
    });
  } finally {
    worker.terminate();
  }
}
