"use client";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { cn } from "./cn.ts";

interface FoldProps {
  title: ReactNode;
  children: ReactNode;
}

/** A part that is read on demand: a line with its title, and what it holds once that is pressed. */
export function Fold({ title, children }: FoldProps) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <section>
      <h3 className="text-sm font-semibold">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
          className="hover:bg-hover -mx-2 flex min-h-9 w-[calc(100%+1rem)] items-center gap-1.5 rounded-md px-2 text-left transition-colors pointer-coarse:min-h-11"
        >
          <ChevronRight
            aria-hidden
            className={cn(
              "text-ink-faint size-4 shrink-0 transition-transform motion-reduce:transition-none",
              isOpen && "rotate-90",
            )}
          />
          {title}
        </button>
      </h3>
      <div id={id} hidden={!isOpen} className="pt-1.5 pl-5.5">
        {children}
      </div>
    </section>
  );
}
