import { Fragment } from "react";
import type { MarkedText } from "#lib/search/schema.ts";

/** A text with what was searched for marked in it. */
export function Marked({ marked: { text, marks } }: { marked: MarkedText }) {
  return marks
    .map(([start, end], index) => (
      <Fragment key={start}>
        {text.slice(marks[index - 1]?.[1] ?? 0, start)}
        <mark className="bg-accent-soft rounded-[2px] text-inherit">{text.slice(start, end)}</mark>
      </Fragment>
    ))
    .concat(<Fragment key="end">{text.slice(marks.at(-1)?.[1] ?? 0)}</Fragment>);
}
