import { describe, expect, it } from "vitest";
import { explain, lastLine, StartFailure } from "./failure.ts";

describe("explain", () => {
  const systemError = (code: string) => Object.assign(new Error(`${code}: something, open '/x'`), { code });

  it.each([
    ["a system call", systemError("ENOSPC")],
    ["initdb", new Error('initdb: error: could not write to file "x": No space left on device')],
    ["PostgreSQL", new Error('FATAL:  could not extend file "base/5": No space left on device')],
    ["a quota", new Error("write: Disk quota exceeded")],
  ])("tells a full disk from what %s says", (_, error) => {
    expect(explain(error, "start", "/data").message).toBe(
      "The disk is full: /data could not be written. Free some space and start again.",
    );
  });

  it.each([
    systemError("EACCES"),
    systemError("EROFS"),
    systemError("ENOTDIR"),
    new Error(
      'initdb: error: could not change permissions of directory "x": Operation not permitted: Permission denied',
    ),
  ])("tells missing permission from %s", (error) => {
    expect(explain(error, "start", "/data").message).toMatch(/^No permission to write to \/data\./);
  });

  it("keeps a sentence that was already found", () => {
    const failure = new StartFailure("Because.");
    expect(explain(failure, "start", "/data")).toBe(failure);
  });

  it("says anything else in one line, with the cause kept", () => {
    const cause = new Error("first\nerror: the reason\n    at somewhere (file.ts:1:1)");
    const failure = explain(cause, "start its database", "/data");
    expect(failure.message).toBe("Sheaf could not start its database: error: the reason");
    expect(failure.cause).toBe(cause);
  });
});

describe("lastLine", () => {
  it("prefers the last line that names an error", () => {
    expect(lastLine("error: a\nerror: b\nbye")).toBe("error: b");
    expect(lastLine("one\ntwo\n")).toBe("two");
    expect(lastLine("")).toBe("it gave no reason");
  });
});
