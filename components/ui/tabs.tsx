"use client";
import { Tabs as Radix } from "radix-ui";
import { type ReactNode, useEffect, useRef } from "react";

interface Tab<Name extends string> {
  name: Name;
  label: string;
  /** How many things are in it, where that is known. */
  count?: number | undefined;
  content: ReactNode;
}

interface TabsProps<Name extends string> {
  label: string;
  tabs: readonly Tab<Name>[];
  current: Name;
  onChange: (name: Name) => void;
}

/** Parts of a page of which one is seen at a time. Arrows move among their names, which scroll where there is little room. */
export function Tabs<Name extends string>({ label, tabs, current, onChange }: TabsProps<Name>) {
  const list = useRef<HTMLDivElement>(null);
  // the list alone scrolls: on a narrow page the name of the part that is seen is seen, too
  useEffect(() => {
    const active = list.current?.querySelector<HTMLElement>("[data-state=active]");
    if (active && list.current)
      list.current.scrollLeft = active.offsetLeft - (list.current.clientWidth - active.offsetWidth) / 2;
  }, [current]);
  return (
    <Radix.Root
      value={current}
      onValueChange={(next) => {
        const chosen = tabs.find(({ name }) => name === next);
        if (chosen) onChange(chosen.name);
      }}
    >
      <Radix.List
        ref={list}
        aria-label={label}
        className="border-line relative -mx-4 flex gap-1 overflow-x-auto border-b px-4 sm:mx-0 sm:px-0"
      >
        {tabs.map(({ name, label: title, count }) => (
          <Radix.Trigger
            key={name}
            value={name}
            className="text-ink-muted hover:text-ink data-[state=active]:border-accent-vivid data-[state=active]:text-ink -mb-px flex h-10 shrink-0 items-center gap-1.5 rounded-t-md border-b-2 border-transparent px-3 font-medium -outline-offset-2 transition-colors"
          >
            {title}
            {count !== undefined && (
              <span className="text-ink-muted text-sm font-normal tabular-nums">{count}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ name, content }) => (
        <Radix.Content key={name} value={name} className="rounded-md pt-6">
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
