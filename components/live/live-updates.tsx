"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { whenIdle } from "#components/when-idle.ts";

interface LiveUpdatesProps {
  userId: string;
  /** What the page has read is no older than this event; null when that is not known. */
  since: string | null;
}

/** Keeps what is shown as it is on the server, from when the browser has nothing better to do. */
export function LiveUpdates({ userId, since }: LiveUpdatesProps) {
  const client = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    let stop: (() => void) | undefined;
    let isLeft = false;
    whenIdle(async () => {
      const [{ follow }, { updater }] = await Promise.all([import("./follow.ts"), import("./update.ts")]);
      if (isLeft) return;
      const update = updater(client, () => router.refresh());
      const leave = follow(userId, since, update);
      stop = () => {
        leave();
        update.stop();
      };
    });
    return () => {
      isLeft = true;
      stop?.();
    };
    // `since` is of the first page: later ones are made while the stream is open
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, router, userId]);
  return null;
}
