/** People that one call adds or removes at most. */
export const MOST_PEOPLE_PER_CALL = 500;
