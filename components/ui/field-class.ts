/** The look that every one-line control shares. Its outline has 3:1 against the page; an invalid one turns red. */
export const controlClass =
  "rounded-md border border-line-strong bg-surface text-ink placeholder:text-ink-faint transition-colors " +
  "hover:border-ink-muted focus-visible:border-accent-vivid focus-visible:outline-2 focus-visible:-outline-offset-1 " +
  "disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-faint aria-invalid:border-danger-vivid aria-invalid:outline-danger-vivid";
