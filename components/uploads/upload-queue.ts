import { ApiError } from "#components/api-error.ts";
import { call } from "#components/call.ts";
import { deleteDocument } from "#lib/documents/api.ts";
import type { DocumentView, UploadUrlView } from "#lib/documents/schema.ts";
import { typeOfFile } from "#lib/documents/values.ts";
import { confirmUpload, requestUpload } from "#lib/uploads/api.ts";
import { hashFile } from "./hash-file.ts";
import { putFile } from "./put-file.ts";
import { UploadError } from "./upload-error.ts";
import { type ChosenFile, type Destination, isActive, type UploadItem } from "./upload-item.ts";

/** Browsers allow six connections per host over HTTP/1.1; the rest stay free for the page. */
const maxParallel = 3;
/** A permit that ends within this time is not worth starting with. */
const permitMarginMs = 30_000;

export interface UploadState {
  items: readonly UploadItem[];
  /** Files waiting for the reader to say where they go or which of them to send. */
  proposal: { files: ChosenFile[]; collection: Destination | null } | null;
}

type Confirmed = (document: DocumentView, collection: Destination) => void;

/**
 * Every upload of this tab, three at a time: hash, ask for an address, send, confirm. It lives outside the pages, so
 * moving between them changes nothing; a retry goes on at the step that failed.
 */
export class UploadQueue {
  #state: UploadState = { items: [], proposal: null };
  #listeners = new Set<() => void>();
  #confirmed = new Set<Confirmed>();
  #aborts = new Map<string, AbortController>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #waiting: NonNullable<UploadState["proposal"]>[] = [];
  #isTelling = false;
  #nextId = 1;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  getState = (): UploadState => this.#state;

  /** Calls back for every document that has arrived. */
  onConfirmed(listener: Confirmed): () => void {
    this.#confirmed.add(listener);
    return () => this.#confirmed.delete(listener);
  }

  /**
   * Hands over chosen files; a dialog asks what is still open before anything is sent. Files for the same place join
   * those that are still being asked about; files for another place wait until that is settled.
   */
  propose(files: ChosenFile[], collection: Destination | null): void {
    if (files.length === 0) return;
    const open = this.#state.proposal;
    if (!open) this.#set({ proposal: { files, collection } });
    else if (open.collection?.id === collection?.id)
      this.#set({ proposal: { files: [...open.files, ...files], collection } });
    else this.#waiting.push({ files, collection });
  }
  dropProposal(): void {
    this.#set({ proposal: this.#waiting.shift() ?? null });
  }

  add(files: readonly ChosenFile[], collection: Destination): void {
    const added = files.map(({ file, path }): UploadItem => ({
      id: String(this.#nextId++),
      file,
      path,
      collection,
      phase: "queued",
      hashedBytes: 0,
      sentBytes: 0,
      sha256: null,
      permit: null,
      isSent: false,
      wasStored: false,
      retryAt: null,
      error: file.size === 0 ? new UploadError("empty") : null,
      document: null,
    }));
    for (const item of added) if (item.error) item.phase = "failed";
    // what is finished leaves the tray when something new begins
    const kept = this.#state.items.some(isActive)
      ? this.#state.items
      : this.#state.items.filter(({ phase }) => phase === "failed");
    this.#set({ items: [...kept, ...added], proposal: this.#waiting.shift() ?? null });
    this.#pump();
  }

  cancel(id: string): void {
    clearTimeout(this.#timers.get(id));
    const permit = this.#find(id)?.permit;
    this.#change(id, { phase: "cancelled", permit: null, isSent: false });
    this.#aborts.get(id)?.abort();
    giveUp(permit);
    this.#pump();
  }
  cancelAll(): void {
    for (const item of this.#state.items) if (isActive(item)) this.cancel(item.id);
  }
  retry(id: string): void {
    const item = this.#find(id);
    if (!item || isActive(item) || item.phase === "done") return;
    this.#change(id, { phase: "queued", error: null, retryAt: null });
    this.#pump();
  }
  /** Empties the tray of all that does not run any more. */
  clear(): void {
    this.#set({ items: this.#state.items.filter(isActive) });
  }

  #find = (id: string) => this.#state.items.find((item) => item.id === id);

  #pump(): void {
    const { items } = this.#state;
    let running = this.#aborts.size;
    for (const item of items) {
      if (running >= maxParallel) break;
      if (item.phase !== "queued" || this.#aborts.has(item.id)) continue;
      running += 1;
      void this.#run(item.id);
    }
    this.#guardLeaving();
  }

  async #run(id: string): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      await this.#hash(id, abort.signal);
      await this.#send(id, abort.signal);
      await this.#confirm(id, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(id, error);
    } finally {
      this.#aborts.delete(id);
      this.#pump();
    }
  }

  async #hash(id: string, signal: AbortSignal): Promise<void> {
    const item = this.#find(id)!;
    if (item.sha256) return;
    this.#change(id, { phase: "hashing", hashedBytes: 0 });
    try {
      const sha256 = await hashFile(item.file, {
        signal,
        onProgress: (hashedBytes) => this.#change(id, { hashedBytes }, "soon"),
      });
      this.#change(id, { sha256, hashedBytes: item.file.size });
    } catch (error) {
      throw signal.aborted ? error : new UploadError("unreadable", error);
    }
  }

  async #send(id: string, signal: AbortSignal): Promise<void> {
    const item = this.#find(id)!;
    if (item.isSent) return;
    this.#change(id, { phase: "sending", sentBytes: 0 });
    if (!isUsable(item.permit)) giveUp(item.permit);
    const permit = isUsable(item.permit) ? item.permit : await this.#askPermit(item, signal);
    this.#change(id, { permit });
    if (permit.upload) {
      await putFile(item.file, {
        ...permit.upload,
        signal,
        onProgress: (sentBytes) => this.#change(id, { sentBytes }, "soon"),
      });
    }
    this.#change(id, { isSent: true, wasStored: permit.upload === null, sentBytes: item.file.size });
  }

  #askPermit({ collection, file, sha256 }: UploadItem, signal: AbortSignal): Promise<UploadUrlView> {
    return call(requestUpload, {
      signal,
      body: {
        collectionId: collection.id,
        filename: file.name,
        contentType: typeOfFile(file.name, file.type),
        sizeBytes: file.size,
        sha256: sha256!,
      },
    });
  }

  async #confirm(id: string, signal: AbortSignal): Promise<void> {
    this.#change(id, { phase: "confirming" });
    const { permit, collection } = this.#find(id)!;
    const document = await call(confirmUpload, { params: { id: permit!.documentId }, signal });
    this.#change(id, { phase: "done", document });
    for (const listener of this.#confirmed) listener(document, collection);
  }

  #fail(id: string, error: unknown): void {
    if (error instanceof ApiError && error.code === "rate_limited") {
      const waitMs = Math.max(1, error.retryAfterSeconds ?? 5) * 1000;
      this.#change(id, { phase: "waiting", retryAt: Date.now() + waitMs });
      const resume = () => {
        if (this.#find(id)?.phase !== "waiting") return;
        this.#change(id, { phase: "queued", retryAt: null });
        this.#pump();
      };
      this.#timers.set(id, setTimeout(resume, waitMs));
      return;
    }
    // a refusal ends the pending document on the server, or its address: the next try asks for a new one
    const isRefusal =
      error instanceof UploadError
        ? error.code !== "unreadable"
        : error instanceof ApiError && error.status < 500 && error.status > 0;
    if (isRefusal && !isForgotten(error)) giveUp(this.#find(id)?.permit);
    this.#change(id, {
      phase: "failed",
      error,
      ...(isRefusal && { permit: null, isSent: false, sentBytes: 0 }),
    });
  }

  #change(id: string, change: Partial<UploadItem>, when: "now" | "soon" = "now"): void {
    const items = this.#state.items.map((item) => {
      // a cancelled file ignores what its last step still reports; only a retry brings it back
      if (item.id !== id || (item.phase === "cancelled" && change.phase !== "queued")) return item;
      return { ...item, ...change };
    });
    this.#set({ items }, when);
  }

  #set(change: Partial<UploadState>, when: "now" | "soon" = "now"): void {
    this.#state = { ...this.#state, ...change };
    if (when === "now") return this.#tell();
    // progress comes in faster than anyone can see
    if (this.#isTelling) return;
    this.#isTelling = true;
    setTimeout(() => {
      this.#isTelling = false;
      this.#tell();
    }, 80);
  }
  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #guardLeaving(): void {
    const method = this.#state.items.some(isActive) ? "addEventListener" : "removeEventListener";
    globalThis[method]?.("beforeunload", askBeforeLeaving);
    globalThis[method]?.("pagehide", this.#leave);
  }
  /** What is half sent when the page goes for good can't go on; what is being confirmed goes on without it. */
  #leave = (event: Event): void => {
    if (event instanceof PageTransitionEvent && event.persisted) return;
    for (const item of this.#state.items) if (item.phase === "sending") giveUp(item.permit);
  };
}

/** Refusals with which the server has forgotten the pending document already. */
const isForgotten = (error: unknown): boolean =>
  error instanceof ApiError && ["quota_exceeded", "content_mismatch", "not_found"].includes(error.code);

/** The server forgets a pending document at once, and frees its room; if this does not get through, its sweep does. */
function giveUp(permit: UploadUrlView | null | undefined): void {
  if (!permit) return;
  void call(deleteDocument, {
    params: { id: permit.documentId },
    query: { permanent: "true" },
    outlivesPage: true,
  }).catch(() => undefined);
}

const isUsable = (permit: UploadUrlView | null): permit is UploadUrlView =>
  permit !== null &&
  (permit.upload === null || Date.parse(permit.upload.expiresAt) - Date.now() > permitMarginMs);

function askBeforeLeaving(event: Event): void {
  event.preventDefault();
}

/** The queue of this tab. */
export const uploadQueue = new UploadQueue();
