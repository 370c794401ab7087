"use client";
import { createContext, use } from "react";

/** Opens search and commands; null where nobody is signed in. */
export const SearchOpener = createContext<(() => void) | null>(null);
export const useSearchOpener = () => use(SearchOpener);
