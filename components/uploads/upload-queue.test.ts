import { describe, expect, it } from "vitest";
import { UploadQueue } from "./upload-queue.ts";

const files = (...names: string[]) => names.map((name) => ({ file: new File(["x"], name), path: name }));
const notes = { id: "notes", name: "Notes" };
const letters = { id: "letters", name: "Letters" };
const namesOf = (queue: UploadQueue) => queue.getState().proposal?.files.map(({ path }) => path);

describe("files that are handed over while others are still asked about", () => {
  it("join them when they go to the same place", () => {
    const queue = new UploadQueue();
    queue.propose(files("a.txt"), notes);
    queue.propose(files("b.txt", "c.txt"), notes);
    expect(namesOf(queue)).toEqual(["a.txt", "b.txt", "c.txt"]);
  });

  it("wait their turn when they go elsewhere, and are never lost", () => {
    const queue = new UploadQueue();
    queue.propose(files("a.txt"), notes);
    queue.propose(files("b.txt"), letters);
    expect(queue.getState().proposal?.collection).toEqual(notes);
    queue.dropProposal();
    expect(queue.getState().proposal?.collection).toEqual(letters);
    expect(namesOf(queue)).toEqual(["b.txt"]);
    queue.dropProposal();
    expect(queue.getState().proposal).toBeNull();
  });
});
