import { env } from "#lib/env/index.ts";
import type { Storage } from "../types.ts";
import { createLocalContext, type LocalStorageContext } from "./context.ts";
import { createLocalStorage } from "./driver.ts";

let context: LocalStorageContext | undefined;

export const localContextFromEnv = (): LocalStorageContext =>
  (context ??= createLocalContext({
    directory: env.STORAGE_DIR,
    secret: env.AUTH_SECRET,
    appUrl: env.APP_URL,
    contentOrigin: env.CONTENT_ORIGIN,
  }));

export const localStorageFromEnv = (): Storage => createLocalStorage(localContextFromEnv());
