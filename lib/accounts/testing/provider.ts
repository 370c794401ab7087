import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider from "oidc-provider";
import { type AddressInfo } from "node:net";

export interface Account {
  sub: string;
  email?: string;
  email_verified?: unknown;
  name?: string;
}

/**
 * A real OpenID provider on loopback, which demands PKCE. Whoever comes is signed in as the account that was chosen last
 * and consents.
 */
export async function startProvider({
  clientId,
  clientSecret,
  redirectUri,
  isInIdToken,
}: {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** Whether addresses are in the signed token, or at the provider's userinfo alone. */
  isInIdToken: boolean;
}) {
  let chosen: Account = { sub: "nobody" };
  const accounts = new Map<string, Account>();
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    claims: { email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: !isInIdToken,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    cookies: { keys: ["loopback"] },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => accounts.get(sub) }),
  });
  const callback = provider.callback();
  async function interact(request: IncomingMessage, response: ServerResponse) {
    const { prompt, session, params } = await provider.interactionDetails(request, response);
    if (prompt.name === "login")
      return provider.interactionFinished(request, response, { login: { accountId: chosen.sub } });
    const grant = new provider.Grant({ accountId: session!.accountId, clientId: params.client_id });
    grant.addOIDCScope("openid email profile");
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  }
  handle = (request, response) => {
    if (request.url?.startsWith("/interaction/")) interact(request, response).catch(() => response.destroy());
    else callback(request, response);
  };
  return {
    issuer,
    choose(account: Account) {
      chosen = account;
      accounts.set(account.sub, account);
    },
    /** A browser at the provider: follows it until it leads back to us. */
    async visit(url: string): Promise<string> {
      const cookies = new Map<string, string>();
      for (let step = 0, at = url; step < 10; step++) {
        const answer = await fetch(at, {
          redirect: "manual",
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
        });
        for (const line of answer.headers.getSetCookie()) {
          const pair = line.split(";", 1)[0]!;
          cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
        }
        const location = answer.headers.get("location");
        if (location === null) throw new Error(`${answer.status} ${await answer.text()}`);
        at = new URL(location, at).href;
        if (!at.startsWith(issuer)) return at;
      }
      throw new Error("The provider leads nowhere");
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
