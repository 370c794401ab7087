import type { ReactNode } from "react";
import { LinkFrame } from "./link-frame.tsx";

interface LinkNoticeProps {
  icon: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
}

/** A page of a link that says one thing, and what to do about it. */
export function LinkNotice({ icon, title, text, action }: LinkNoticeProps) {
  return (
    <LinkFrame isCentred>
      <span
        aria-hidden
        className="bg-sunken text-ink-muted mb-5 grid size-12 place-items-center rounded-full [&_svg]:size-5"
      >
        {icon}
      </span>
      <h1 className="font-serif text-xl font-medium text-balance">{title}</h1>
      <p className="text-md text-ink-muted mt-3 text-pretty">{text}</p>
      {action && <div className="mt-6">{action}</div>}
    </LinkFrame>
  );
}
