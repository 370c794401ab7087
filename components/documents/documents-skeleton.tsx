import { Skeleton } from "#components/ui/skeleton.tsx";
import type { ViewMode } from "./view-mode.ts";

export const tileGridClass =
  "grid grid-cols-[repeat(auto-fill,minmax(min(10.5rem,calc(50%-0.5rem)),1fr))] gap-4";

/** Documents before they are there, in the shape they will have. */
export function DocumentsSkeleton({ view, count = 8 }: { view: ViewMode; count?: number }) {
  const items = Array.from({ length: count }, (_, index) => index);
  if (view === "list") {
    return (
      <div aria-busy>
        {items.map((index) => (
          <div key={index} className="border-line flex h-13 items-center gap-3 border-b px-2">
            <Skeleton className="ml-7 h-9 w-7" />
            <Skeleton className={index % 2 ? "h-4 w-2/5" : "h-4 w-1/3"} />
          </div>
        ))}
      </div>
    );
  }
  return (
    <div aria-busy className={tileGridClass}>
      {items.map((index) => (
        <div key={index} className="border-line bg-surface overflow-hidden rounded-md border">
          <div className="bg-sunken grid h-44 place-items-center">
            <Skeleton className="h-36 w-28" />
          </div>
          <div className="flex h-18 flex-col gap-2 p-3">
            <Skeleton className="h-4 w-4/5" />
            <Skeleton className="h-3 w-1/2" />
          </div>
        </div>
      ))}
    </div>
  );
}
