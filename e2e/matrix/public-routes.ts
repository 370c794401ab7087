/** Pages and calls that are no part of the described API, and what everybody gets alike. */
export const publicRoutes: Record<string, { path: string; status: number; body?: unknown }[]> = {
  "GET /api/health/live": [{ path: "/api/health/live", status: 200 }],
  "GET /api/health/ready": [{ path: "/api/health/ready", status: 200 }],
  "GET /api/v1/openapi.json": [{ path: "/api/v1/openapi.json", status: 200 }],
  "GET /api/auth/[...nextauth]": [
    { path: "/api/auth/providers", status: 200 },
    { path: "/api/auth/nothing", status: 404 },
  ],
  // without its form's secret a sign-out is nobody's wish
  "POST /api/auth/[...nextauth]": [{ path: "/api/auth/signout", status: 302, body: {} }],
  "GET /api/inngest": [{ path: "/api/inngest", status: 401 }],
  "POST /api/inngest": [
    { path: "/api/inngest?fnId=sheaf-process-document&stepId=step", status: 401, body: {} },
  ],
  "PUT /api/inngest": [{ path: "/api/inngest", status: 404, body: {} }],
  "GET /share/{token}/card.png": [{ path: `/share/${"A".repeat(43)}/card.png`, status: 404 }],
  ...Object.fromEntries(
    ["GET", "POST", "PATCH", "PUT", "DELETE"].map((method) => [
      `${method} /api/[...path]`,
      [{ path: "/api/v1/nothing/here", status: 404 }],
    ]),
  ),
};
