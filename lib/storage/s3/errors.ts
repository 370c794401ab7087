import { S3ServiceException } from "@aws-sdk/client-s3";
import { AppError } from "#lib/errors/index.ts";
import { objectNotFound, uploadNotFound } from "../validate.ts";

const refusedParts = new Set(["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"]);

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;

/** The client marks every error of the store and of the way to it. Any other error is a fault of ours. */
const isFromStore = (error: unknown): error is Error => error instanceof Error && "$metadata" in error;

/** A missing object is `not_found`. A store that is away, slow, misconfigured or refuses us is `upstream_unavailable`. */
function asAppError(error: unknown): unknown {
  if (!isFromStore(error)) return error;
  if (error.name === "NoSuchKey" || error.name === "NotFound") return objectNotFound(error);
  if (error.name === "NoSuchUpload") return uploadNotFound(error);
  if (refusedParts.has(error.name)) {
    return new AppError(
      "content_mismatch",
      `The store refused the parts (${error.name})`,
      { reason: "part" },
      error,
    );
  }
  return new AppError(
    "upstream_unavailable",
    `The object store did not do its work (${error.name})`,
    { reason: "storage" },
    error,
  );
}

/** Runs one call to the store and maps its errors. */
export async function call<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asAppError(error);
  }
}
