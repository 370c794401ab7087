import { connect } from "node:net";

export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Whether neither the answer nor the connection came to an end. */
  hangs: boolean;
}

/** Longer than any page takes on a busy machine. */
const PATIENCE_MS = 15_000;

type Headers = Record<string, string | string[] | null>;

/** A request as its sender wants it, with nothing put right; null leaves out a header that is usually there. */
export function rawRequest(method: string, target: string, headers: Headers = {}, body = ""): string {
  const all: Headers = {
    host: "localhost",
    connection: "close",
    ...(body && { "content-length": String(Buffer.byteLength(body, "latin1")) }),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${name}: ${value}`),
  );
  return [`${method} ${target} HTTP/1.1`, ...lines, "", body].join("\r\n");
}

/** Sends bytes on a connection of their own, and returns the first answer that is more than "go on". */
export function sendRaw(base: string, bytes: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let received = "";
    const finish = (hangs: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...parse(received), hangs });
    };
    const timer = setTimeout(() => finish(true), PATIENCE_MS);
    socket.on("data", (chunk) => {
      received = (received + chunk.toString("latin1")).replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
      if (isWhole(received, bytes.startsWith("HEAD "))) finish(false);
    });
    socket.on("end", () => finish(false));
    socket.on("error", () => finish(false));
    socket.write(bytes, "latin1");
  });
}

function parse(received: string): Omit<RawAnswer, "hangs"> {
  const [head = "", ...rest] = received.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(first)?.[1] ?? 0), headers, body: rest.join("\r\n\r\n") };
}

function isWhole(received: string, isHead: boolean): boolean {
  if (!received.includes("\r\n\r\n")) return false;
  const { status, headers, body } = parse(received);
  if (isHead || status === 204 || status === 304) return true;
  if (headers["transfer-encoding"] === "chunked") return body.endsWith("0\r\n\r\n");
  return headers["content-length"] !== undefined && body.length >= Number(headers["content-length"]);
}
