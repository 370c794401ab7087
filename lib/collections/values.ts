export const visibilities = ["private", "workspace", "public"] as const;
export type Visibility = (typeof visibilities)[number];
