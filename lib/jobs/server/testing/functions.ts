import { type Inngest, type InngestFunction, NonRetriableError, RetryAfterError } from "inngest";

interface Tools {
  note(line: string): void;
  delay(ms: number): Promise<unknown>;
}

type Data = Record<string, never> & { id: string; ms: number; org: string; n: number; v: number };

/** Sample functions, one for each feature that the job server supports. Every journal line carries the test's id. */
export function sampleFunctions(client: Inngest, tools: Tools, variant: string): InngestFunction.Any[] {
  const { note, delay } = tools;
  const dataOf = (event: { data?: unknown }) => event.data as Data;

  if (variant === "unsupported") {
    return [
      client.createFunction(
        { id: "calm", debounce: { period: "5s" }, triggers: { event: "t/calm" } },
        async () => {},
      ),
    ];
  }

  const child = client.createFunction({ id: "child", triggers: { event: "t/child" } }, async ({ event }) => {
    note(`child ${dataOf(event).id}`);
    return { doubled: dataOf(event).n * 2 };
  });
  const failingChild = client.createFunction(
    { id: "failing-child", retries: 0, triggers: { event: "t/failing-child" } },
    async () => {
      throw new NonRetriableError("the child refuses");
    },
  );

  const functions: InngestFunction.Any[] = [
    child,
    failingChild,
    client.createFunction({ id: "steps", triggers: { event: "t/steps" } }, async ({ event, step }) => {
      const { id, ms = 0 } = dataOf(event);
      const slowly = async (name: string) => {
        note(`${id} ${name} start`);
        await delay(ms);
        note(`${id} ${name} done`);
        return name.length;
      };
      const a = await step.run("a", () => slowly("one"));
      const b = await step.run("b", () => slowly("three"));
      await step.sleep("pause", "1s");
      const c = await step.run("c", () => slowly("five!"));
      note(`${id} end ${a + b + c}`);
      return a + b + c;
    }),
    client.createFunction(
      { id: "single", retries: 0, triggers: { event: "t/single" } },
      async ({ event, step }) => {
        const { id, n, ms = 0 } = dataOf(event);
        await step.run("work", async () => {
          note(`${id} ran ${n}`);
          await delay(ms);
          note(`${id} done ${n}`);
        });
      },
    ),
    client.createFunction(
      { id: "flaky", retries: 3, triggers: { event: "t/flaky" } },
      async ({ event, step, attempt }) => {
        const { id } = dataOf(event);
        await step.run("try", () => {
          note(`${id} attempt ${attempt}`);
          if (attempt < 2) throw new Error("not yet");
        });
        note(`${id} end attempt ${attempt}`);
      },
    ),
    client.createFunction(
      {
        id: "hopeless",
        retries: 1,
        triggers: { event: "t/hopeless" },
        onFailure: async ({ event, error }: { event: { data: unknown }; error: Error }) => {
          const failed = event.data as { function_id: string; event: { data: Data } };
          note(`${failed.event.data.id} told ${failed.function_id} ${error.message}`);
        },
      },
      async ({ event, step, attempt }) => {
        await step.run("boom", () => {
          note(`${dataOf(event).id} attempt ${attempt}`);
          throw new Error("boom");
        });
      },
    ),
    client.createFunction({ id: "fatal", triggers: { event: "t/fatal" } }, async ({ event, step }) => {
      const { id } = dataOf(event);
      try {
        await step.run("nope", () => {
          note(`${id} nope`);
          throw new NonRetriableError("no use");
        });
      } catch (error) {
        note(`${id} caught ${(error as Error).message}`);
      }
      await step.run("after", () => note(`${id} after`));
      throw new NonRetriableError("the end");
    }),
    client.createFunction(
      { id: "later", retries: 1, triggers: { event: "t/later" } },
      async ({ event, step, attempt }) => {
        await step.run("x", () => {
          note(`${dataOf(event).id} attempt ${attempt} ${Date.now()}`);
          if (attempt === 0) throw new RetryAfterError("later", 2_000);
        });
      },
    ),
    client.createFunction({ id: "parallel", triggers: { event: "t/parallel" } }, async ({ event, step }) => {
      const { id } = dataOf(event);
      const timed = (name: string, value: number) => async () => {
        note(`${id} ${name} start`);
        await delay(250);
        note(`${id} ${name} done`);
        return value;
      };
      const values = await Promise.all([
        step.run("x", timed("x", 1)),
        step.run("y", timed("y", 2)),
        step.sleep("z", "1s").then(() => step.run("after-z", timed("z", 4))),
      ]);
      note(`${id} end ${values.reduce((sum, value) => sum + value, 0)}`);
    }),
    client.createFunction({ id: "parent", triggers: { event: "t/parent" } }, async ({ event, step }) => {
      const { id } = dataOf(event);
      const { doubled } = await step.invoke("call", { function: child, data: { id, n: 21 } });
      const refused = await step
        .invoke("call-failing", { function: failingChild, data: { id } })
        .catch((error: Error) => error.message);
      await step.sendEvent("tell", { name: "t/answer", data: { id, v: doubled } });
      const missed = await step.waitForEvent("miss", { event: "t/never", timeout: "1s" });
      note(`${id} waiting`);
      const hit = await step.waitForEvent("hit", { event: "t/hit", match: "data.id", timeout: "30s" });
      note(`${id} end ${doubled} ${refused} ${String(missed)} ${String(hit?.data.v)}`);
    }),
    client.createFunction({ id: "answered", triggers: { event: "t/answer" } }, async ({ event }) => {
      note(`${dataOf(event).id} answer ${dataOf(event).v}`);
    }),
    client.createFunction(
      { id: "limited", concurrency: { key: "event.data.org", limit: 1 }, triggers: { event: "t/limited" } },
      async ({ event, step }) => {
        const { id, org, n } = dataOf(event);
        await step.run("w", async () => {
          note(`${id} ${org} ${n} start`);
          await delay(150);
          note(`${id} ${org} ${n} done`);
        });
      },
    ),
    client.createFunction(
      {
        id: "cancellable",
        cancelOn: [{ event: "t/cancel", match: "data.id" }],
        triggers: { event: "t/long" },
      },
      async ({ event, step }) => {
        const { id } = dataOf(event);
        await step.run("begin", () => note(`${id} begins`));
        await step.sleepUntil("wait", new Date(event.ts! + 2_000));
        note(`${id} ended`);
      },
    ),
    client.createFunction(
      { id: "once", idempotency: "event.data.id", triggers: { event: "t/once" } },
      async ({ event, step }) => {
        await step.run("o", () => note(`${dataOf(event).id} once`));
      },
    ),
    client.createFunction(
      { id: "stalling", retries: 0, triggers: { event: "t/stalling" } },
      async ({ event, step }) => {
        const { id } = dataOf(event);
        const mine = await step.run("s", async () => {
          const token = Math.random().toString(36).slice(2);
          note(`${id} start ${token}`);
          await delay(1_500);
          return token;
        });
        note(`${id} result ${mine}`);
        return mine;
      },
    ),
    client.createFunction({ id: "choosy", retries: 0, triggers: { event: "t/choosy" } }, async ({ step }) => {
      await step.waitForEvent("many", { event: "t/hit", if: "async.data.v > 3", timeout: "30s" });
    }),
    client.createFunction({ id: "nul", triggers: { event: "t/nul" } }, async ({ event, step }) => {
      const { id } = dataOf(event);
      const text = await step.run("text", () => "a\u0000b\ud800");
      note(`${id} length ${text.length}`);
    }),
  ];
  if (variant === "cron") {
    functions.push(
      client.createFunction({ id: "tick", triggers: { cron: "* * * * * *" } }, async ({ event, step }) => {
        await step.run("t", () => note(`tick ${new Date(event.ts!).toISOString()}`));
      }),
    );
  }
  if (variant === "more") {
    functions.push(
      client.createFunction({ id: "extra", triggers: { event: "t/extra" } }, async ({ event }) =>
        note(`${dataOf(event).id} extra`),
      ),
    );
  }
  return functions;
}
