/** What a Host header may consist of (RFC 9110): none of it ends the authority or says who somebody is. */
const AUTHORITY = /^[\w.~!$&'()*+;=:[\]%-]{1,300}$/;

/**
 * The one spelling of a Host header: lower case, no dot at the end, no default port, IPv6 compressed, an
 * internationalised name in its ASCII form. Null for what is no host.
 */
export function canonicalHost(text: string | undefined, protocol: "http:" | "https:"): string | null {
  if (text === undefined || !AUTHORITY.test(text) || !URL.canParse(`${protocol}//${text}`)) return null;
  const { hostname, port, username } = new URL(`${protocol}//${text}`);
  const name = hostname.replace(/\.$/, "");
  if (!name || username) return null;
  return port ? `${name}:${port}` : name;
}
