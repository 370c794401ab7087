import { handleAuth } from "#lib/accounts/auth-handler.ts";

const handler = async (request: Request, context: { params: Promise<{ nextauth: string[] }> }) =>
  handleAuth(request, (await context.params).nextauth);

export { handler as GET, handler as POST };
