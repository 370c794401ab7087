/** One event of a stream: its id, which the stream resumes after, its name, and what it says. */
export interface Message {
  id: string | null;
  name: string;
  data: string;
}

/** Why a stream is over: it was cut or never began, the reader is not signed in any more, or it may be asked for later. */
export type Ending = { why: "failed" } | { why: "signedOut" } | { why: "busy"; afterSeconds: number };

/** Twice what passes between heartbeats, and a little: a connection that says nothing for so long is dead. */
const SILENT_MS = 45_000;

/**
 * Reads a stream of Server-Sent Events until it ends. Not by EventSource, which says neither why it was refused nor takes
 * the id to resume after.
 */
export async function readStream(
  address: string,
  after: string | null,
  signal: AbortSignal,
  onMessage: (message: Message) => void,
): Promise<Ending> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENT_MS);
  };
  try {
    heard();
    const response = await fetch(address, {
      headers: { accept: "text/event-stream", ...(after !== null && { "last-event-id": after }) },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status === 401) return { why: "signedOut" };
    if (!response.ok || !response.body) {
      const afterSeconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
      return Number.isFinite(afterSeconds) ? { why: "busy", afterSeconds } : { why: "failed" };
    }
    const take = lines(onMessage);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return { why: "failed" };
      heard();
      take(value);
    }
  } catch {
    return { why: "failed" };
  } finally {
    clearTimeout(timer);
  }
}

/** Puts lines together to messages. An id alone is a message without a name: it moves where the stream resumes. */
function lines(onMessage: (message: Message) => void): (text: string) => void {
  let rest = "";
  let message: Message = { id: null, name: "message", data: "" };
  return (text) => {
    const all = (rest + text).split("\n");
    rest = all.pop()!;
    for (const line of all) {
      if (line === "") {
        if (message.id !== null || message.data !== "") onMessage(message);
        message = { id: null, name: "message", data: "" };
      } else if (line.startsWith("id: ")) message.id = line.slice(4);
      else if (line.startsWith("event: ")) message.name = line.slice(7);
      else if (line.startsWith("data: ")) message.data += line.slice(6);
    }
  };
}
