/** Tiers are named in the settings of an installation; shown they are written like names. */
export const tierName = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
