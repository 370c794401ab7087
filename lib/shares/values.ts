/** The orders of what is shared with somebody: by when it was given, or by name. */
export const shareOrders = ["newest", "oldest", "name"] as const;
