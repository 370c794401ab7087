/** Leaves of paper, fanned and held by a band. Decorative. */
export function SheafPicture({ className }: { className?: string }) {
  const lines = [0, 1, 2, 3, 4, 5, 6];
  return (
    <svg aria-hidden viewBox="0 0 440 360" className={className}>
      {[-22, -11, 11, 22].map((angle) => (
        <rect
          key={angle}
          x="140"
          y="24"
          width="160"
          height="290"
          rx="6"
          transform={`rotate(${angle} 220 300)`}
          className="fill-paper dark:fill-hover stroke-line"
          strokeWidth="1.5"
        />
      ))}
      <rect
        x="140"
        y="16"
        width="160"
        height="298"
        rx="6"
        className="fill-surface stroke-line"
        strokeWidth="1.5"
      />
      <rect x="164" y="46" width="72" height="9" rx="4.5" className="fill-accent-vivid" opacity="0.85" />
      {lines.map((line) => (
        <rect
          key={line}
          x="164"
          y={76 + line * 18}
          width={line === 3 ? 62 : line === 6 ? 84 : 112}
          height="5"
          rx="2.5"
          className="fill-track"
        />
      ))}
      <rect x="118" y="240" width="204" height="30" rx="15" className="fill-accent" />
      <circle cx="220" cy="255" r="7" className="fill-warning" />
    </svg>
  );
}
