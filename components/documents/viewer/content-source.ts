import type { DocumentSource } from "./document-source.ts";

/** Presigned addresses are renewed when they have less than this left. */
const marginMs = 10_000;
const maxTries = 3;

/** The store answered, but not with the bytes. */
export class ContentError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`The store answered ${status}`);
    this.name = "ContentError";
    this.status = status;
  }
}

/**
 * The bytes of one document. Addresses live for a minute only, reading takes longer: each call renews the address
 * when it is about to end, so a reader loses access to what was not loaded yet within that minute, too.
 */
export class ContentSource {
  readonly documentId: string;
  readonly #source: Pick<DocumentSource, "contentUrl">;
  #address: Promise<{ url: string; expiresAt: string }> | null = null;

  constructor(documentId: string, source: Pick<DocumentSource, "contentUrl">) {
    this.documentId = documentId;
    this.#source = source;
  }

  /** An address that works for some seconds more. */
  async url(): Promise<string> {
    const known = await this.#address?.catch(() => null);
    if (known && Date.parse(known.expiresAt) - Date.now() > marginMs) return known.url;
    this.#address = this.#source.contentUrl(this.documentId);
    return (await this.#address).url;
  }

  /** Bytes from `begin` up to, not including, `end`. Tried again when the way or the address failed. */
  async range(begin: number, end: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#fetch(signal, { range: `bytes=${begin}-${end - 1}` });
    const bytes = new Uint8Array(await response.arrayBuffer());
    // a store without ranges answers with everything
    return response.status === 206 ? bytes : bytes.slice(begin, end);
  }

  /** The first `maxBytes`, or all of it. */
  async head(maxBytes: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#fetch(signal, { range: `bytes=0-${maxBytes - 1}` });
    return new Uint8Array(await response.arrayBuffer()).slice(0, maxBytes);
  }

  async #fetch(signal: AbortSignal, headers: Record<string, string>): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      try {
        const response = await fetch(await this.url(), { signal, headers });
        if (response.ok) return response;
        if (response.status === 403) this.#address = null;
        throw new ContentError(response.status);
      } catch (error) {
        if (signal.aborted || tries >= maxTries) throw error;
      }
    }
  }
}
