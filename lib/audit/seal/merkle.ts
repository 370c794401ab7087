import { createHash } from "node:crypto";

/** The Merkle tree of RFC 6962: what a checkpoint's root is over, and how one leaf is proven to be in it. */

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const HASH_BYTES = 32;
export const leafHash = (data: Uint8Array): Buffer => sha256(LEAF, data);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);
const emptyRoot = (): Buffer => sha256();

/** Leaves whose common root is kept, so that proofs need not read all leaves. A power of two. */
export const BLOCK_LEAVES = 256;
const BLOCK_LEVEL = Math.log2(BLOCK_LEAVES);

/** A tree that grows: the roots of the perfect trees that its leaves make up, largest first, are all it needs to know. */
export class Frontier {
  size: number;
  readonly #roots: Buffer[];

  constructor(size = 0, roots: Uint8Array = Buffer.alloc(0)) {
    this.size = size;
    this.#roots = Array.from({ length: roots.byteLength / HASH_BYTES }, (_, i) =>
      Buffer.from(roots.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)),
    );
  }

  /** Adds a leaf; answers the root of its block when that is full now. */
  append(leaf: Buffer): Buffer | null {
    this.#roots.push(leaf);
    this.size += 1;
    let block: Buffer | null = null;
    let level = 0;
    for (let rest = this.size; rest % 2 === 0; rest /= 2) {
      const right = this.#roots.pop()!;
      const left = this.#roots.pop()!;
      this.#roots.push(nodeHash(left, right));
      if (++level === BLOCK_LEVEL) block = this.#roots.at(-1)!;
    }
    return block;
  }

  root(): Buffer {
    return (
      this.#roots.reduceRight<Buffer | null>((right, left) => (right ? nodeHash(left, right) : left), null) ??
      emptyRoot()
    );
  }

  toBytes(): Buffer {
    return Buffer.concat(this.#roots);
  }
}

/** The largest power of two below `n`, which is at least 2. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Reads hashes of a tree that is kept as leaves and roots of blocks. */
export interface TreeSource {
  /** The leaves of a block, those there are. */
  leaves(block: number): Promise<Buffer[]>;
  /** The roots of all full blocks. */
  blocks(): Promise<Buffer[]>;
}

/** Proofs for leaves of the first `size` of a tree. */
export class Prover {
  readonly #source: TreeSource;
  readonly #size: number;
  readonly #inner = new Map<string, Promise<Buffer>>();
  #last: { block: number; leaves: Promise<Buffer[]> } | undefined;
  #blocks: Promise<Buffer[]> | undefined;

  constructor(source: TreeSource, size: number) {
    this.#source = source;
    this.#size = size;
  }

  root(): Promise<Buffer> {
    return this.#size === 0 ? Promise.resolve(emptyRoot()) : this.#hash(0, this.#size);
  }

  /** The hashes that lead from the leaf to the root, from the bottom up. */
  async path(index: number): Promise<Buffer[]> {
    const path: Buffer[] = [];
    let [start, end] = [0, this.#size];
    while (end - start > 1) {
      const middle = start + split(end - start);
      if (index < middle) {
        path.push(await this.#hash(middle, end));
        end = middle;
      } else {
        path.push(await this.#hash(start, middle));
        start = middle;
      }
    }
    return path.reverse();
  }

  async #hash(start: number, end: number): Promise<Buffer> {
    if (end - start === BLOCK_LEAVES && start % BLOCK_LEAVES === 0)
      return (await (this.#blocks ??= this.#source.blocks()))[start / BLOCK_LEAVES]!;
    if (end - start === 1)
      return (await this.#leaves(Math.floor(start / BLOCK_LEAVES)))[start % BLOCK_LEAVES]!;
    const compute = async () => {
      const middle = start + split(end - start);
      return nodeHash(await this.#hash(start, middle), await this.#hash(middle, end));
    };
    // within a block it is quick; above the blocks all proofs share the same few
    if (end - start < BLOCK_LEAVES) return compute();
    const key = `${start}-${end}`;
    const known = this.#inner.get(key) ?? compute();
    this.#inner.set(key, known);
    return known;
  }

  #leaves(block: number): Promise<Buffer[]> {
    if (this.#last?.block !== block) this.#last = { block, leaves: this.#source.leaves(block) };
    return this.#last.leaves;
  }
}

/** The root that a leaf and its path lead to, for comparing with a signed one; null for a path of the wrong length. */
export function rootFromPath(leaf: Buffer, index: number, size: number, path: Buffer[]): Buffer | null {
  if (!(index >= 0 && index < size)) return null;
  let [node, last, root] = [index, size - 1, leaf];
  for (const hash of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      root = nodeHash(hash, root);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else root = nodeHash(root, hash);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
}
