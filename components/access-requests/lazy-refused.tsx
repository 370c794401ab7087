"use client";
import { lazyPart } from "#components/lazy-part.tsx";

/** `Refused`, for pages whose reader loses what is open. */
export const LazyRefused = lazyPart(() => import("./refused.tsx").then((module) => module.Refused), "share");
