import { request as httpRequest } from "node:http";

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Sends one request as given. Unlike `fetch` it allows a wrong length and any path. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string | number>; body?: Buffer; path?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method: options.method ?? "GET",
        headers: options.headers ?? {},
        agent: false,
        ...(options.path === undefined ? {} : { path: options.path }),
      },
      (response) => {
        response
          .toArray()
          .then((chunks) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            }),
          )
          .catch(reject);
      },
    );
    request.on("error", reject);
    request.end(options.body);
  });
}
