/** Why a signal was aborted, as fetch would throw it. */
export const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new DOMException("Aborted", "AbortError");
