import { ApiError } from "#components/api-error.ts";
import { reasonOf } from "./abort.ts";
import { UploadError } from "./upload-error.ts";

interface PutOptions {
  url: string;
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Bytes sent so far. */
  onProgress: (bytes: number) => void;
}

/** Browsers set these themselves and refuse to have them set. */
const ownHeaders = new Set(["content-length", "host"]);

/** Sends a file to its presigned address. XMLHttpRequest, because fetch cannot tell how much has been sent. */
export function putFile(file: File, { url, headers, signal, onProgress }: PutOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers))
      if (!ownHeaders.has(name.toLowerCase())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else if (request.status === 403) reject(new UploadError("expired"));
      else reject(new UploadError("refused"));
    };
    request.onerror = () => reject(new ApiError(0, "network"));
    request.onabort = () => reject(reasonOf(signal));
    request.onloadend = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    request.send(file);
  });
}
