import { S3ServiceException } from "@aws-sdk/client-s3";
import { AppError } from "#lib/errors/index.ts";
import { objectNotFound, uploadNotFound } from "../validate.ts";

const refusedParts = new Set(["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"]);

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;

/** A missing object is `not_found`; a store that is away, too slow, misconfigured or refuses us is `upstream_unavailable`. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const name = error instanceof Error ? error.name : "unknown";
  if (name === "NoSuchKey" || name === "NotFound") return objectNotFound(error);
  if (name === "NoSuchUpload") return uploadNotFound(error);
  if (refusedParts.has(name)) {
    return new AppError(
      "content_mismatch",
      `The store refused the parts (${name})`,
      { reason: "part" },
      error,
    );
  }
  return new AppError(
    "upstream_unavailable",
    `The object store did not do its work (${name})`,
    { reason: "storage" },
    error,
  );
}

/** Runs one call to the store and maps what it throws. */
export async function call<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asAppError(error);
  }
}
