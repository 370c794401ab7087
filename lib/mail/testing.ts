import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { type AddressInfo } from "node:net";

export interface ReceivedMail {
  /** Addresses of the envelope. */
  recipients: string[];
  /** Headers and body as sent. */
  source: string;
}

interface SinkOptions {
  /** What it answers to a command by its first word, instead of taking it; "" for nothing at all. */
  answers?: Partial<Record<"MAIL" | "RCPT" | "DATA" | ".", string>>;
}

/** A mail server on a free local port that accepts everything. It speaks only as much SMTP as nodemailer needs. */
export async function startSmtpSink({ answers = {} }: SinkOptions = {}): Promise<{
  url: string;
  /** What was sent as a whole, taken or not. */
  mails: ReceivedMail[];
  /** The commands so far, by their first words. */
  commands: string[];
  stop(): Promise<void>;
}> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let recipients: string[] = [];
    let data: string | null = null;
    let pending = "";
    const reply = (line: string) => line && socket.write(`${line}\r\n`);
    const answer = (command: keyof typeof answers, usual: string) => {
      commands.push(command);
      reply(answers[command] ?? usual);
    };
    reply("220 sink");
    socket.on("data", (chunk) => {
      pending += chunk.toString("utf8");
      for (let end = pending.indexOf("\r\n"); end >= 0; end = pending.indexOf("\r\n")) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        if (data !== null) {
          if (line === ".") {
            mails.push({ recipients, source: data });
            [recipients, data] = [[], null];
            answer(".", "250 taken");
          } else data += `${line}\r\n`;
        } else if (/^RCPT TO:/i.test(line)) {
          recipients.push(/<([^>]*)>/.exec(line)?.[1] ?? "");
          answer("RCPT", "250 ok");
        } else if (/^DATA/i.test(line)) {
          data = "";
          answer("DATA", "354 go on");
          if (answers.DATA) data = null;
        } else if (/^QUIT/i.test(line)) {
          reply("221 bye");
          socket.end();
        } else if (/^MAIL/i.test(line)) answer("MAIL", "250 ok");
        else reply("250 ok");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    commands,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface ReceivedRequest {
  key: string | null;
  authorization: string | null;
  body: Record<string, unknown>;
}

/** Resend's API on a free local port: what it was sent, and what it would have delivered, one mail for each key. */
export async function startResendSink({
  answers = [],
}: {
  /** Answers to the first requests, in their order; a status, or `cut` to take the mail and hang up. */
  answers?: ({ status: number; body?: object; headers?: Record<string, string> } | "cut")[];
} = {}): Promise<{
  url: string;
  requests: ReceivedRequest[];
  delivered: Record<string, unknown>[];
  stop(): Promise<void>;
}> {
  const requests: ReceivedRequest[] = [];
  const delivered = new Map<string, Record<string, unknown>>();
  const waiting = [...answers];
  const server = createHttpServer((req, res) => {
    void (async () => {
      let text = "";
      for await (const chunk of req) text += String(chunk);
      const body = JSON.parse(text) as Record<string, unknown>;
      const header = (name: string) => [req.headers[name] ?? []].flat()[0] ?? null;
      const key = header("idempotency-key");
      requests.push({ key, authorization: header("authorization"), body });
      const answer = waiting.shift();
      const reply = (status: number, content: object, headers: Record<string, string> = {}) =>
        res
          .writeHead(status, { "content-type": "application/json", ...headers })
          .end(JSON.stringify(content));
      if (answer && answer !== "cut") return reply(answer.status, answer.body ?? {}, answer.headers);
      const before = key === null ? undefined : delivered.get(key);
      if (before && JSON.stringify(before) !== JSON.stringify(body))
        return reply(409, { name: "invalid_idempotent_request" });
      delivered.set(key ?? `${delivered.size}`, body);
      if (answer === "cut") return res.destroy();
      return reply(200, { id: `${delivered.size}` });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get delivered() {
      return [...delivered.values()];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
