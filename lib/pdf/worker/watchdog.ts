import { Socket } from "node:net";
import { workerData } from "node:worker_threads";

/**
 * A second thread, because the working one may never return from a hostile file. It ends the process when the parent is
 * gone (standard input closes, even after kill -9) or the time is up.
 */
const end = () => process.kill(process.pid, "SIGKILL");

const lifeline = new Socket({ fd: 0, readable: true, writable: false });
lifeline.on("end", end).on("error", end).on("close", end).resume();
setTimeout(end, (workerData as { lifetimeMs: number }).lifetimeMs);
