import { randomUUID } from "node:crypto";
import { AppError } from "#lib/errors/index.ts";
import { problemResponse } from "#lib/http/problem.ts";

/** Addresses the API does not have answer like the rest of it, not with a page. */
const nothing = async (request: Request): Promise<Response> =>
  problemResponse(new AppError("not_found", "No such route"), request.headers, randomUUID());

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT };
