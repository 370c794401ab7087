/** The sign of Sheaf: stalks held by a band. Decorative; the name stands beside it. Also in public/icon.svg. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g className="stroke-on-accent" fill="none" strokeWidth="2.6" strokeLinecap="round">
        <path d="M16 5.5v21" />
        <path d="M9 7c.6 4.8 3.7 6.5 4.2 9.2-.5 2.6-3.4 4.8-4.2 9.3" opacity="0.75" />
        <path d="M23 7c-.6 4.8-3.7 6.5-4.2 9.2.5 2.6 3.4 4.8 4.2 9.3" opacity="0.75" />
      </g>
      <rect x="9" y="14.4" width="14" height="3.4" rx="1.7" className="fill-warning" />
    </svg>
  );
}
