import { describe, expect, it } from "vitest";
import { parseLauncherArgs, wholeNumber } from "./args.ts";
import { StartFailure } from "./failure.ts";

describe("parseLauncherArgs", () => {
  it("runs one instance in production mode unless told otherwise", () => {
    expect(parseLauncherArgs([])).toMatchObject({ dev: false, demo: false, port: undefined, instances: 1 });
  });

  it("reads what the README names", () => {
    expect(parseLauncherArgs(["--demo", "--port", "4000", "--instances=2"])).toMatchObject({
      demo: true,
      port: 4000,
      instances: 2,
    });
  });

  it.each([
    ["--port", "0"],
    ["--port", "65536"],
    ["--port", "4e3"],
    ["--instances", "0"],
    ["--wat"],
    ["extra"],
  ])("refuses %s %s with a sentence", (...argv) => {
    expect(() => parseLauncherArgs(argv)).toThrow(StartFailure);
  });

  it("refuses several instances in development", () => {
    expect(() => parseLauncherArgs(["--dev", "--instances", "2"])).toThrow(/one instance/);
  });
});

describe("wholeNumber", () => {
  it("names the setting, the bounds and what was given", () => {
    expect(() => wholeNumber("PORT", "http", 1, 65_535)).toThrow(
      'PORT must be a whole number from 1 to 65535, not "http".',
    );
  });
});
