"use client";
export function DocumentPage({ id }: { id: string }) {
  return id;
}
