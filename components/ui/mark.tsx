/** The sign of Sheaf: leaves held by a band. Decorative; the name stands beside it. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g className="fill-on-accent">
        <path d="M8.2 6.6h4.4l1.9 9.4-1.9 9.4H8.2l2.6-9.4z" opacity=".6" />
        <path d="M23.8 6.6h-4.4L17.5 16l1.9 9.4h4.4L21.2 16z" opacity=".6" />
        <path d="M13.9 5.2h4.2l-.7 10.8.7 10.8h-4.2l.7-10.8z" />
      </g>
      <rect x="9.4" y="14.3" width="13.2" height="3.4" rx="1.7" className="fill-warning" />
    </svg>
  );
}
