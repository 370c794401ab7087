import { randomUUID } from "node:crypto";
import { AppError } from "#lib/errors/index.ts";
import { problemResponse } from "#lib/http/problem.ts";

/** Addresses that no route has answer like the API, not with a page. */
const nothing = async (request: Request): Promise<Response> =>
  problemResponse(new AppError("not_found", "No such route"), request.headers, randomUUID());

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT };
