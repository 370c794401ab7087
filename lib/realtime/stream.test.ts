import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { Proof } from "#lib/authz/proof.ts";
import { Stream } from "./stream.ts";

it("cuts a reader off who does not take what is sent", () => {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  const proof = new Proof("session", "00000000-0000-7000-8000-000000000000", null);
  const stream = new Stream(res, { userId: "00000000-0000-7000-8000-000000000001", proof, lastSeq: null });
  const frame = Buffer.alloc(1024, "x");
  for (let sent = 0; sent < 60; sent += 1) stream.send(frame);
  expect(stream.isOpen).toBe(true);
  for (let sent = 0; sent < 10; sent += 1) stream.send(frame);
  expect(stream.isOpen).toBe(false);
  // and nothing more waits for it
  const { writableLength } = res;
  stream.send(frame);
  expect(res.writableLength).toBe(writableLength);
});
