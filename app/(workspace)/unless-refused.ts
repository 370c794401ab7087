import { AppError } from "#lib/errors/index.ts";

/**
 * What a page loads for first paint, or undefined when that is refused: the page then asks the API itself and says
 * what it is told, in one way for first paint and later. Failures of ours are thrown on.
 */
export async function unlessRefused<Result>(loading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return undefined;
    throw error;
  }
}
