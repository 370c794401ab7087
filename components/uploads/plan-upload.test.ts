import { describe, expect, it } from "vitest";
import { planUpload } from "./plan-upload.ts";
import type { ChosenFile } from "./upload-item.ts";

const file = (name: string, sizeBytes: number): ChosenFile => ({
  file: new File([new Uint8Array(sizeBytes)], name),
  path: name,
});
const quota = (bytesLeft: number, documentsLeft: number) => ({
  storageBytes: { used: 1000, limit: 1000 + bytesLeft },
  documents: { used: 3, limit: 3 + documentsLeft },
});
const names = (files: ChosenFile[]) => files.map(({ path }) => path);

describe("planUpload", () => {
  it("lets everything through that fits, to the last byte and document", () => {
    const plan = planUpload([file("a.pdf", 60), file("b.txt", 40)], quota(100, 2));
    expect(names(plan.fitting)).toEqual(["a.pdf", "b.txt"]);
    expect([plan.unsupported, plan.tooLarge, plan.tooMany]).toEqual([[], [], []]);
  });

  it("leaves out a file that is too large and still takes smaller ones after it", () => {
    const plan = planUpload([file("a.pdf", 60), file("b.pdf", 41), file("c.pdf", 40)], quota(100, 9));
    expect(names(plan.fitting)).toEqual(["a.pdf", "c.pdf"]);
    expect(names(plan.tooLarge)).toEqual(["b.pdf"]);
  });

  it("stops at the number of documents, whatever their size", () => {
    const plan = planUpload([file("a.pdf", 1), file("b.pdf", 1), file("c.pdf", 1)], quota(100, 2));
    expect(names(plan.tooMany)).toEqual(["c.pdf"]);
  });

  it("counts files of other kinds against nothing", () => {
    const plan = planUpload([file("setup.exe", 90), file("page.html", 1), file("a.pdf", 100)], quota(100, 1));
    expect(names(plan.unsupported)).toEqual(["setup.exe", "page.html"]);
    expect(names(plan.fitting)).toEqual(["a.pdf"]);
  });

  it("takes nothing when the quota is overdrawn", () => {
    const plan = planUpload([file("a.pdf", 1)], quota(-5, 4));
    expect(names(plan.tooLarge)).toEqual(["a.pdf"]);
  });
});
