const MIB = 1024 ** 2;

export const PUT_TTL_SECONDS = 900;
export const GET_TTL_SECONDS = 60;
/** The most that `read` holds in memory. */
export const MAX_READ_BYTES = 64 * MIB;
export const MAX_LIST_ITEMS = 1000;

/** Limits of S3, kept by every driver so that what works on one works on the other. */
export const MAX_PUT_BYTES = 5 * 1024 * MIB;
export const MIN_PART_BYTES = 5 * MIB;
export const MAX_PART_NUMBER = 10_000;
export const MAX_TTL_SECONDS = 7 * 24 * 3600;
