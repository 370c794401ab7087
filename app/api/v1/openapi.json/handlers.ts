import { type Handler } from "#lib/http/route.ts";
import * as modules from "./routes.ts";

/** Every handler of the API, with what it declares. */
export const handlers: Handler[] = Object.values(modules).flatMap((module) => Object.values(module));
export const declarations = handlers.map(({ declaration }) => declaration);
