import { QueryClient } from "@tanstack/react-query";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { itemsOf, type Pages, takeOut, withNewcomer, withReturned } from "./list-pages.ts";

interface Item {
  id: string;
}
const pagesOf = (...pages: string[]): Pages<Item> => ({
  pages: pages.map((text, index) => ({
    items: [...text].map((id) => ({ id })),
    nextCursor: index < pages.length - 1 ? "more" : null,
  })),
  pageParams: pages.map(() => null),
});
const textOf = (data: Pages<Item> | undefined) =>
  itemsOf(data)
    .map(({ id }) => id)
    .join("");

describe("a newcomer", () => {
  test.each([
    [["ec", "ba"], "d", "edcba"],
    [["ec", "ba"], "f", "fecba"],
    [["ec"], "a", "eca"],
    [[""], "a", "a"],
    [["ec", "ba"], "c", "ecba"],
  ])("in %j is put in its place: %s", (pages, id, expected) => {
    expect(textOf(withNewcomer(pagesOf(...pages), { id }))).toBe(expected);
  });

  test("older than all that is loaded waits for its page", () => {
    const loaded = pagesOf("ed", "cb");
    loaded.pages[1]!.nextCursor = "more";
    expect(withNewcomer(loaded, { id: "a" })).toBe(loaded);
  });

  test("in whatever order many arrive, they stand as the server lists them", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(..."abcdefghij"), { minLength: 1 }), (ids) => {
        const data = ids.reduce((list, id) => withNewcomer(list, { id }), pagesOf(""));
        expect(textOf(data)).toBe(ids.toSorted().toReversed().join(""));
      }),
    );
  });
});

describe("what comes back", () => {
  test("stands where it stood, whatever else has come and gone", () => {
    const back = (now: Pages<Item>, earlier: Pages<Item>, ids: string) =>
      textOf(withReturned(now, earlier, ({ id }) => ids.includes(id)));
    expect(back(pagesOf("ac"), pagesOf("abc"), "b")).toBe("abc");
    expect(back(pagesOf("xac"), pagesOf("ab", "c"), "b")).toBe("xabc");
    expect(back(pagesOf("a"), pagesOf("abc"), "bc")).toBe("abc");
    expect(back(pagesOf(""), pagesOf("abc"), "ac")).toBe("ac");
    expect(back(pagesOf("abc"), pagesOf("abc"), "b")).toBe("abc");
  });

  test("of several removals at once, only those that failed", async () => {
    const client = new QueryClient();
    const keys = [
      ["list", "one"],
      ["list", "two"],
    ];
    client.setQueryData(keys[0]!, pagesOf("abcd", "ef"));
    client.setQueryData(keys[1]!, pagesOf("fb"));
    client.setQueryData(["list", "detail"], { id: "b" });
    const shown = () => keys.map((key) => textOf(client.getQueryData<Pages<Item>>(key)));

    const first = await takeOut(client, ["list"], [{ id: "b" }, { id: "e" }]);
    const second = await takeOut(client, ["list"], [{ id: "c" }]);
    expect(shown()).toEqual(["adf", "f"]);
    // the second was done; of the first, one failed
    first(new Set(["b"]));
    expect(shown()).toEqual(["abdf", "fb"]);
    second();
    expect(shown()).toEqual(["abcdf", "fb"]);
    expect(client.getQueryData(["list", "detail"])).toEqual({ id: "b" });
  });
});
