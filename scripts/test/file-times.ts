import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { root } from "./command.ts";
import type { Timing } from "./outcome.ts";

/** A reporter for Vitest: writes how long each file took, with what it imports, to the file of SHEAF_TEST_TIMES. */
export default class FileTimes implements Reporter {
  readonly #times: Timing[] = [];

  onTestModuleEnd(module: TestModule): void {
    const { prepareDuration, environmentSetupDuration, setupDuration, collectDuration, duration } =
      module.diagnostic();
    const spent = prepareDuration + environmentSetupDuration + setupDuration + collectDuration + duration;
    this.#times.push({ name: path.relative(root, module.moduleId), seconds: spent / 1000 });
  }

  onTestRunEnd(): void {
    writeFileSync(process.env.SHEAF_TEST_TIMES!, JSON.stringify(this.#times));
  }
}
