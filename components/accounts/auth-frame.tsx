import { CircleAlert, CircleCheck } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

/** The heading of a page for signing in, with one sentence under it. */
export function AuthHeading({ title, intro }: { title: string; intro: string }) {
  return (
    <header className="mb-7">
      <h1 className="font-serif text-xl font-medium">{title}</h1>
      <p className="text-md text-ink-muted mt-1.5 text-pretty">{intro}</p>
    </header>
  );
}

/** A sentence above a form: what failed, or what has just succeeded. Announced when it appears. */
export function FormMessage({ tone, children }: { tone: "danger" | "success"; children: ReactNode }) {
  const Icon = tone === "danger" ? CircleAlert : CircleCheck;
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      className={cn(
        "flex items-start gap-2.5 rounded-md px-3 py-2.5",
        tone === "danger" ? "bg-danger-soft text-danger-ink" : "bg-success-soft text-success-ink",
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p className="min-w-0 wrap-anywhere">{children}</p>
    </div>
  );
}

/** A link inside text. */
export function TextLink({
  href,
  className,
  children,
}: {
  href: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Link
      href={href}
      className={cn("text-accent-ink rounded-sm font-medium underline-offset-4 hover:underline", className)}
    >
      {children}
    </Link>
  );
}
