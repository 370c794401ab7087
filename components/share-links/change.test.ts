import { describe, expect, it } from "vitest";
import type { LinkView } from "#lib/links/schema.ts";
import { changedLink } from "./change.ts";

const link: LinkView = {
  ...{ id: "1", name: "Press", role: "viewer", token: "t", url: "https://x/share/t", state: "open" },
  ...{ hasPassword: false, allowDownload: true, watermark: false, expiresAt: null, maxUses: null },
  ...{ useCount: 3, lastAccessedAt: null, createdBy: null, createdAt: "2026-11-30T10:00:00.000Z" },
};

describe("a link as it will be", () => {
  it("keeps what is not named", () => {
    expect(changedLink(link, {})).toEqual(link);
    expect(changedLink(link, { name: "Media" })).toEqual({ ...link, name: "Media" });
  });

  it("tells of a password whether there is one, and nothing else of it", () => {
    const locked = changedLink(link, { password: "correct horse" });
    expect(locked).toEqual({ ...link, hasPassword: true });
    expect(changedLink(locked, { password: null }).hasPassword).toBe(false);
  });

  it("asks for names as soon as the file may not be saved, unless that is switched off", () => {
    const viewOnly = changedLink(link, { allowDownload: false });
    expect(viewOnly.watermark).toBe(true);
    const unmarked = changedLink(viewOnly, { watermark: false });
    expect(unmarked.watermark).toBe(false);
    expect(changedLink(unmarked, { name: "Media" }).watermark).toBe(false);
    expect(changedLink(viewOnly, { allowDownload: true }).watermark).toBe(false);
  });

  it("is used up by a cap that is reached, and opens again with a higher one or a later end", () => {
    const full = changedLink(link, { maxUses: 3 });
    expect(full.state).toBe("used_up");
    expect(changedLink(full, { maxUses: 4 }).state).toBe("open");
    expect(changedLink(full, { maxUses: null }).state).toBe("open");
    expect(changedLink({ ...link, state: "expired" }, { expiresAt: null }).state).toBe("open");
    // what the thing itself forbids is not for the link to change
    expect(changedLink({ ...link, state: "suspended" }, { expiresAt: null }).state).toBe("suspended");
  });
});
