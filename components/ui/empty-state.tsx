import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: ReactNode;
  title: ReactNode;
  /** One sentence. */
  text?: ReactNode;
  /** One action. */
  action?: ReactNode;
  /** Stands for the whole page, and its title is the page's heading. */
  isPage?: boolean;
}

/** A list with nothing in it: says what belongs here and how to begin. */
export function EmptyState({ icon, title, text, action, isPage = false }: EmptyStateProps) {
  const Title = isPage ? "h1" : "p";
  return (
    <div className="flex flex-col items-center px-6 py-16 text-center">
      <span
        aria-hidden
        className="bg-sunken text-ink-faint mb-4 grid size-12 place-items-center rounded-full [&_svg]:size-5"
      >
        {icon}
      </span>
      <Title className="text-md font-semibold text-balance">{title}</Title>
      {text && <p className="text-ink-muted mt-1 max-w-90 text-pretty">{text}</p>}
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
