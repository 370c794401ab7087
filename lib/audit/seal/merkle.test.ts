import { expect, test } from "vitest";
import { BLOCK_LEAVES, Frontier, leafHash, Prover, rootFromPath } from "./merkle.ts";

// the vectors that implementations of Certificate Transparency are held to
const inputs = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("roots are those of RFC 6962, also when the tree is taken up again from what is kept of it", () => {
  let tree = new Frontier();
  expect(tree.root().toString("hex")).toBe(roots[0]);
  inputs.forEach((input, i) => {
    tree.append(leafHash(Buffer.from(input, "hex")));
    tree = new Frontier(tree.size, tree.toBytes());
    expect(tree.root().toString("hex")).toBe(roots[i + 1]);
  });
});

const made = (size: number) => {
  const leaves = Array.from({ length: size }, (_, i) => leafHash(Buffer.from(String(i))));
  const tree = new Frontier();
  const blocks = leaves.flatMap((leaf) => tree.append(leaf) ?? []);
  const source = {
    leaves: (block: number) =>
      Promise.resolve(leaves.slice(block * BLOCK_LEAVES, (block + 1) * BLOCK_LEAVES)),
    blocks: () => Promise.resolve(blocks),
  };
  return { leaves, tree, source };
};

test("each leaf is proven, by blocks, for trees of every size, and nothing else is", async () => {
  for (const size of [1, 2, 3, 7, 8, 255, 256, 257, 511, 513, 1000, 1024]) {
    const { leaves, tree, source } = made(size);
    const prover = new Prover(source, size);
    expect(await prover.root()).toEqual(tree.root());
    for (const index of new Set(
      [0, 1, size >> 1, size - 2, size - 1, 255, 256].filter((i) => i >= 0 && i < size),
    )) {
      const path = await prover.path(index);
      expect(rootFromPath(leaves[index]!, index, size, path)).toEqual(tree.root());
      if (size === 1) continue;
      expect(rootFromPath(leaves[index]!, (index + 1) % size, size, path)).not.toEqual(tree.root());
      expect(rootFromPath(leaves[(index + 1) % size]!, index, size, path)).not.toEqual(tree.root());
      expect(rootFromPath(leaves[index]!, index, size, path.slice(1))).not.toEqual(tree.root());
      expect(rootFromPath(leaves[index]!, index, size, [...path, path[0]!])).toBeNull();
      expect(rootFromPath(leaves[index]!, size, size, path)).toBeNull();
    }
  }
});

test("a smaller tree is proven out of a larger one's blocks", async () => {
  const { leaves, source } = made(1000);
  for (const size of [256, 300, 512, 769]) {
    const smaller = new Frontier();
    for (const leaf of leaves.slice(0, size)) smaller.append(leaf);
    const prover = new Prover(source, size);
    expect(await prover.root()).toEqual(smaller.root());
    expect(rootFromPath(leaves[5]!, 5, size, await prover.path(5))).toEqual(smaller.root());
  }
});
