import { createHmac, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from "node:crypto";

/** A key of the installation, from which its chains are made and its checkpoints signed. Never in the database. */
export interface AuditKey {
  id: number;
  /** The code of an event in its chain, over the code before it. */
  mac(before: Uint8Array, leaf: Uint8Array): Buffer;
  privateKey: KeyObject;
  /** The raw 32 bytes of the Ed25519 key. */
  publicKey: Buffer;
}

const PKCS8_OF_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

function keyFrom(id: number, secret: string): AuditKey {
  const derived = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", secret, "sheaf audit", `${purpose}, version 1`, 32));
  const macKey = derived("chain");
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_OF_ED25519, derived("checkpoints")]),
    format: "der",
    type: "pkcs8",
  });
  return {
    id,
    mac: (before, leaf) => createHmac("sha256", macKey).update(before).update(leaf).digest(),
    privateKey,
    publicKey: createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32),
  };
}

/** The newest key first. Throws for a text that is no list of them. */
export class KeyRing {
  readonly keys: readonly AuditKey[];

  /** `text`: numbers and secrets as AUDIT_KEYS has them, `2:secret,1:secret`. */
  constructor(text: string) {
    const keys = text.split(",").map((entry) => {
      const [, id, secret] = /^([1-9]\d{0,8}):([\w-]{32,200})$/.exec(entry.trim()) ?? [];
      if (id === undefined || secret === undefined)
        throw new Error("AUDIT_KEYS is no list of numbered secrets such as 1:secret");
      return keyFrom(Number(id), secret);
    });
    if (new Set(keys.map(({ id }) => id)).size < keys.length)
      throw new Error("AUDIT_KEYS has a number twice");
    this.keys = keys.toSorted((a, b) => b.id - a.id);
  }

  /** What is sealed and signed with now. */
  get newest(): AuditKey {
    return this.keys[0]!;
  }

  find(id: number): AuditKey | undefined {
    return this.keys.find((key) => key.id === id);
  }
}

/** What the code of a chain's first event is over. */
export const chainStart = (chainId: string): Buffer => Buffer.from(`sheaf audit chain ${chainId}`);
