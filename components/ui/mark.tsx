/** The sign of Sheaf: leaves held by a band. Decorative; the name stands beside it. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g className="fill-on-accent">
        <rect x="10.5" y="5.5" width="11" height="20" rx="1.5" opacity=".5" transform="rotate(-17 16 25)" />
        <rect x="10.5" y="5.5" width="11" height="20" rx="1.5" opacity=".5" transform="rotate(17 16 25)" />
        <rect x="10.5" y="5.5" width="11" height="20" rx="1.5" />
      </g>
      <rect x="7.5" y="17" width="17" height="3.5" rx="1.75" className="fill-warning" />
    </svg>
  );
}
