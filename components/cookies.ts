/** Remembers a harmless preference for a year, readable by the server. Returns whether that changed anything. */
export function setCookie(name: string, value: string): boolean {
  const pair = `${name}=${encodeURIComponent(value)}`;
  const isKept = () => document.cookie.split("; ").includes(pair);
  if (isKept()) return false;
  document.cookie = `${pair}; Path=/; Max-Age=31536000; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  return isKept();
}
