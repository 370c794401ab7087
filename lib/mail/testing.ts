import { createServer, type Server, type Socket } from "node:net";
import { type AddressInfo } from "node:net";

export interface ReceivedMail {
  /** Addresses of the envelope. */
  recipients: string[];
  /** Headers and body as sent. */
  source: string;
}

/** A mail server that takes everything, on a free port of this machine: enough of SMTP for a client that means well. */
export async function startSmtpSink(): Promise<{
  url: string;
  mails: ReceivedMail[];
  stop(): Promise<void>;
}> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let recipients: string[] = [];
    let data: string | null = null;
    let pending = "";
    const reply = (line: string) => socket.write(`${line}\r\n`);
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
            reply("250 taken");
          } else data += `${line}\r\n`;
        } else if (/^RCPT TO:/i.test(line)) {
          recipients.push(/<([^>]*)>/.exec(line)?.[1] ?? "");
          reply("250 ok");
        } else if (/^DATA/i.test(line)) {
          data = "";
          reply("354 go on");
        } else if (/^QUIT/i.test(line)) {
          reply("221 bye");
          socket.end();
        } else reply("250 ok");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
