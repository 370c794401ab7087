/** Whether PostgreSQL can hold a text: not with a NUL in it, nor with half of a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();
