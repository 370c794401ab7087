import { type OAuthConfig } from "next-auth/providers/oauth";
import { env } from "#lib/env/index.ts";

/** Whether an OpenID provider is configured. */
export const isOidcOn = (): boolean => Boolean(env.OIDC_ISSUER);

/** What the sign-in page calls the provider; null where there is none. */
export const oidcName = (): string | null => (env.OIDC_ISSUER ? env.OIDC_NAME : null);

/**
 * The configured OpenID provider, for next-auth. Its client verifies signature, issuer, audience, times, state, nonce and
 * PKCE; who it is decides `verifyIdentity`.
 */
export function oidcProvider(): OAuthConfig<{ sub: string }> {
  const issuer = (env.OIDC_ISSUER ?? "").replace(/\/$/, "");
  return {
    id: "oidc",
    name: env.OIDC_NAME,
    type: "oauth",
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    clientId: env.OIDC_CLIENT_ID,
    clientSecret: env.OIDC_CLIENT_SECRET,
    authorization: { params: { scope: "openid email profile" } },
    checks: ["pkce", "state", "nonce"],
    idToken: true,
    userinfo: {
      // many providers name addresses there alone; what the signed token says counts before it
      async request({ client, tokens }) {
        const { id_token: idToken, access_token: accessToken } = tokens;
        if (!idToken || !accessToken) throw new Error("The provider sent no tokens");
        const claims = claimsIn(idToken);
        if (claims.email !== undefined || !client.issuer.metadata.userinfo_endpoint) return claims;
        const told = await client.userinfo(accessToken);
        if (told.sub !== claims.sub) throw new Error("The provider spoke of somebody else");
        return { ...told, ...claims };
      },
    },
    profile: ({ sub }) => ({ id: sub }),
  };
}

/** Of a token that the client has verified. What its members are is looked at later. */
const claimsIn = (idToken: string) =>
  JSON.parse(Buffer.from(idToken.split(".")[1] ?? "", "base64url").toString("utf8")) as {
    sub: string;
    email?: string;
  };
