import { describe, expect, it } from "vitest";
import { parseLauncherArgs } from "./args.ts";
import { StartFailure } from "./failure.ts";
import type { Secrets } from "./secrets.ts";
import { appEnvironment, decideSettings } from "./settings.ts";

const decide = (values: Record<string, string> = {}, ...argv: string[]) =>
  decideSettings(values, parseLauncherArgs(argv), "/srv/sheaf");
const secret = (letter: string) => letter.repeat(43);
const secrets: Secrets = {
  postgresPassword: secret("p"),
  ownerPassword: secret("o"),
  appPassword: secret("a"),
  authSecret: secret("s"),
  inngestEventKey: secret("e"),
  auditKeys: `1:${secret("k")}`,
  inngestSigningKey: `signkey-local-${"0".repeat(64)}`,
};
const databaseUrl = "postgresql://sheaf_app:x@127.0.0.1:5000/sheaf";
const compose = (values: Record<string, string> = {}) =>
  appEnvironment(values, decide(values), secrets, { databaseUrl, jobsPort: 5001 });

describe("decideSettings", () => {
  it("listens on loopback and keeps its data in the project unless told otherwise", () => {
    expect(decide()).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      appUrl: "http://localhost:3000",
      internalUrl: "http://127.0.0.1:3000",
      dataDir: "/srv/sheaf/.data",
      database: null,
      embeddedJobs: true,
    });
  });

  it("takes the port from the command line, then PORT, then a local APP_URL", () => {
    expect(decide({ PORT: "4000", APP_URL: "http://localhost:5000" }, "--port", "6000").port).toBe(6000);
    expect(decide({ PORT: "4000", APP_URL: "http://localhost:5000" }).port).toBe(4000);
    expect(decide({ APP_URL: "http://localhost:5000" }).port).toBe(5000);
  });

  it("opens a local address on the port of the command line, and leaves a public one alone", () => {
    expect(decide({ APP_URL: "http://localhost:3000" }, "--port", "4000").appUrl).toBe(
      "http://localhost:4000",
    );
    const behindProxy = decide({ APP_URL: "https://sheaf.example.org/" }, "--port", "4000");
    expect(behindProxy).toMatchObject({ appUrl: "https://sheaf.example.org", port: 4000 });
  });

  it.each([
    ["0.0.0.0", "http://127.0.0.1:3000"],
    ["::", "http://[::1]:3000"],
    ["10.0.0.7", "http://10.0.0.7:3000"],
    ["fd00::7", "http://[fd00::7]:3000"],
  ])("reaches an app that listens on %s at %s", (HOST, url) => {
    expect(decide({ HOST }).internalUrl).toBe(url);
  });

  it("needs both roles of a database of one's own", () => {
    const own = { DATABASE_URL: "postgresql://a", DATABASE_OWNER_URL: "postgresql://o" };
    expect(decide(own).database).toEqual({ appUrl: "postgresql://a", ownerUrl: "postgresql://o" });
    expect(() => decide({ DATABASE_URL: "postgresql://a" })).toThrow(/DATABASE_OWNER_URL/);
    expect(() => decide({ DATABASE_OWNER_URL: "postgresql://o" })).toThrow(/DATABASE_URL/);
  });

  it("refuses an address that is none", () => {
    expect(() => decide({ APP_URL: "sheaf.example.org" })).toThrow(StartFailure);
  });
});

describe("appEnvironment", () => {
  it("fills in what is missing and keeps what was set", () => {
    const env = compose({ SIGN_UP: "invite", STORAGE_DIR: "files" });
    expect(env).toMatchObject({
      NODE_ENV: "production",
      NEXTAUTH_URL: "http://localhost:3000",
      AUTH_SECRET: secrets.authSecret,
      NEXTAUTH_SECRET: secrets.authSecret,
      DATABASE_URL: databaseUrl,
      STORAGE_DIR: "/srv/sheaf/files",
      MAIL_DIR: "/srv/sheaf/.data/mail",
      INNGEST_BASE_URL: "http://127.0.0.1:5001",
      INNGEST_SIGNING_KEY: secrets.inngestSigningKey,
      SIGN_UP: "invite",
    });
  });

  it("never hands over the owner of the tables, nor a mode in which unsigned calls run functions", () => {
    const own = { DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: databaseUrl, INNGEST_DEV: "1" };
    const names = Object.keys(compose(own));
    expect(names).toContain("DATABASE_URL");
    expect(names).not.toContain("DATABASE_OWNER_URL");
    expect(names).not.toContain("INNGEST_DEV");
  });

  it("leaves an Inngest server of one's own with its keys", () => {
    const own = { INNGEST_BASE_URL: "https://inngest.example.org", INNGEST_EVENT_KEY: "mine" };
    const env = appEnvironment(own, decide(own), secrets, { databaseUrl, jobsPort: null });
    expect(env).toMatchObject(own);
    expect(env.INNGEST_SIGNING_KEY).toBeUndefined();
  });

  it("lists every faulty variable", () => {
    try {
      compose({ LOG_LEVEL: "loud", DATABASE_POOL_SIZE: "many" });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(StartFailure);
      expect((error as Error).message).toMatch(/LOG_LEVEL/);
      expect((error as Error).message).toMatch(/DATABASE_POOL_SIZE/);
    }
  });
});
