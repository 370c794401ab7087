import { z } from "zod";
import type { Reply, Wire } from "../support/wire.ts";

interface Described {
  content?: Record<string, { schema: { $ref?: string } }>;
}
interface Api {
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  components: { schemas: Record<string, object> };
}

/** What the program itself says of its answers: every one it gives has to be one of those. */
export class Contract {
  readonly #api: Api;
  readonly #schemas = new Map<object, z.ZodType>();

  private constructor(api: Api) {
    this.#api = api;
  }

  static async read(wire: Wire): Promise<Contract> {
    return new Contract(JSON.parse((await wire.ask({ method: "GET", path: "/api/v1/openapi.json" })).body));
  }

  /** Every route there is, as `GET /api/v1/…`. */
  routes(): string[] {
    return Object.entries(this.#api.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** How an answer differs from what is described; null when it does not. */
  faultOf(route: string, { status, headers, body }: Reply): string | null {
    const [method = "", path = ""] = route.split(" ");
    const described = this.#api.paths[path]?.[method.toLowerCase()]?.responses[status];
    if (!described) return `answers ${status}, which is not described`;
    const [type, content] = Object.entries(described.content ?? {})[0] ?? [];
    // files and streams are described in words
    const isJson = /^application\/json(;|$)/.test(String(headers["content-type"]));
    if (!content) return body === "" || !isJson ? null : "answers with a body, where none is described";
    if (headers["content-type"] !== type) return `answers ${headers["content-type"]} instead of ${type}`;
    const parsed = this.#schemaOf(content.schema).safeParse(parse(body));
    return parsed.success ? null : `answers what is not described: ${z.prettifyError(parsed.error)}`;
  }

  #schemaOf(schema: { $ref?: string }): z.ZodType {
    const meant = schema.$ref ? this.#api.components.schemas[schema.$ref.split("/").at(-1)!]! : schema;
    const made =
      this.#schemas.get(meant) ?? z.fromJSONSchema(meant as Parameters<typeof z.fromJSONSchema>[0]);
    this.#schemas.set(meant, made);
    return made;
  }
}

/** Replies hold bytes as they came. */
export const parse = (body: string): unknown => JSON.parse(Buffer.from(body, "latin1").toString());
