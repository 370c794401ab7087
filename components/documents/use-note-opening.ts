"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { call } from "#components/call.ts";
import { recordOpening } from "#lib/documents/api.ts";
import { recentKey } from "./queries.ts";

/**
 * Notes that the reader opened a document. Nobody waits for it, and one that fails is not worth a word: the next opening
 * puts it right.
 */
export function useNoteOpening(id: string): void {
  const client = useQueryClient();
  useEffect(() => {
    void call(recordOpening, { params: { id } }).then(
      () => client.invalidateQueries({ queryKey: recentKey }),
      () => undefined,
    );
  }, [client, id]);
}
