import type { ReactNode } from "react";

interface MessagePageProps {
  title: string;
  text: string;
  actions: ReactNode;
}

/** A whole page that says one thing and offers a way on. It brings its own `<main>`. */
export function MessagePage({ title, text, actions }: MessagePageProps) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className="grid min-h-[75dvh] place-items-center px-6 py-16 outline-none"
    >
      <div className="max-w-md text-center">
        <h1 className="font-serif text-xl font-medium">{title}</h1>
        <p className="text-md text-ink-muted mt-3 text-pretty">{text}</p>
        <div className="mt-7 flex flex-wrap justify-center gap-2">{actions}</div>
      </div>
    </main>
  );
}
