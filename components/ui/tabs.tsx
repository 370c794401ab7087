"use client";
import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface TabsProps<Value extends string> {
  value: Value;
  onValueChange: (value: Value) => void;
  /** What the tabs choose between. */
  label: string;
  tabs: readonly { value: Value; label: ReactNode; content: ReactNode }[];
}

/** Several panels in one place. Only the chosen one is mounted. */
export function Tabs<Value extends string>({ value, onValueChange, label, tabs }: TabsProps<Value>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onValueChange(next as Value)}>
      <Radix.List aria-label={label} className="border-line flex gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="text-ink-muted hover:text-ink data-[state=active]:border-accent-vivid data-[state=active]:text-ink -mb-px h-10 border-b-2 border-transparent px-3 font-medium whitespace-nowrap transition-colors focus-visible:-outline-offset-2"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="pt-6">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
