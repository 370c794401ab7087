import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { type AuditKey } from "./keys.ts";

/**
 * Checkpoints in the format of C2SP (tlog-checkpoint, signed-note): the log's name, its size, its root, the time, and
 * below an empty line one signature a line. Other programs read them, too.
 */
export interface Checkpoint {
  /** The log: `<host>/audit/<id of the chain>`. */
  origin: string;
  size: number;
  root: Buffer;
  /** ISO 8601; said by whoever signed. */
  time: string | null;
}

const ED25519 = Buffer.of(1);
const SPKI_OF_ED25519 = Buffer.from("302a300506032b6570032100", "hex");

export const chainIdOf = ({ origin }: Pick<Checkpoint, "origin">): string => origin.split("/").at(-1)!;

/** A public key with its name: `name+hash+key`, as verifiers of signed notes take it. */
export function verifierKey(name: string, publicKey: Buffer): string {
  const id = keyHash(name, publicKey).toString("hex");
  return `${name}+${id}+${Buffer.concat([ED25519, publicKey]).toString("base64")}`;
}

const keyHash = (name: string, publicKey: Buffer): Buffer =>
  createHash("sha256").update(`${name}\n`).update(ED25519).update(publicKey).digest().subarray(0, 4);

/** A checkpoint as text, signed with these keys under this name. */
export function signCheckpoint(
  { origin, size, root, time }: Checkpoint,
  name: string,
  keys: readonly AuditKey[],
): string {
  const body = [origin, String(size), root.toString("base64"), ...(time ? [`time ${time}`] : []), ""].join(
    "\n",
  );
  const signatures = keys.map(({ privateKey, publicKey }) =>
    Buffer.concat([keyHash(name, publicKey), sign(null, Buffer.from(body), privateKey)]).toString("base64"),
  );
  return `${body}\n${signatures.map((signature) => `— ${name} ${signature}\n`).join("")}`;
}

interface Verifier {
  name: string;
  hash: Buffer;
  publicKey: KeyObject;
}

/** Throws for what is no verifier key. */
export function parseVerifierKey(text: string): Verifier {
  const [, name, hash, key] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{40,60})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(key ?? "", "base64");
  if (!name || bytes.length !== 33 || bytes[0] !== 1) throw new Error(`This is no verifier key: ${text}`);
  const raw = bytes.subarray(1);
  if (keyHash(name, raw).toString("hex") !== hash) throw new Error(`This verifier key is damaged: ${text}`);
  return {
    name,
    hash: keyHash(name, raw),
    publicKey: createPublicKey({
      key: Buffer.concat([SPKI_OF_ED25519, raw]),
      format: "der",
      type: "spki",
    }),
  };
}

export interface ReadCheckpoint extends Checkpoint {
  /** Whether one of the given keys signed it. */
  isSigned: boolean;
  note: string;
}

const notePattern =
  /([^\n]+)\n(\d{1,16})\n([A-Za-z0-9+/=]{44})\n((?:[^\n]+\n)*)\n((?:— [^\s]+ [A-Za-z0-9+/=]+(?:\n|$))+)/g;

/** All checkpoints in a text, such as a mail or a file of several, with whether they are signed by one of these keys. */
export function readCheckpoints(text: string, keys: readonly string[]): ReadCheckpoint[] {
  const verifiers = keys.map(parseVerifierKey);
  return [...text.replaceAll("\r\n", "\n").matchAll(notePattern)].map(
    ([note, origin, size, root, extensions, signatures]) => {
      const body = `${origin}\n${size}\n${root}\n${extensions}`;
      const isSigned = signatures!
        .trim()
        .split("\n")
        .some((line) => {
          const [, name, signature] = line.split(" ");
          const bytes = Buffer.from(signature ?? "", "base64");
          const verifier = verifiers.find(
            (known) => known.name === name && known.hash.equals(bytes.subarray(0, 4)),
          );
          return Boolean(verifier && verify(null, Buffer.from(body), verifier.publicKey, bytes.subarray(4)));
        });
      return {
        ...{ origin: origin!, size: Number(size), root: Buffer.from(root!, "base64") },
        time: /^time (.+)$/m.exec(extensions!)?.[1] ?? null,
        ...{ isSigned, note: note.trim() },
      };
    },
  );
}
