import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/**
 * Loaded first where the kernel gives no network namespace. It stops scripts from opening connections; it is no boundary
 * against native code.
 */
const deny = () => {
  throw Object.assign(new Error("Document processing has no network."), { code: "ERR_ACCESS_DENIED" });
};

net.Socket.prototype.connect = deny;
net.Server.prototype.listen = deny;
dgram.Socket.prototype.bind = deny;
dgram.Socket.prototype.send = deny;
for (const target of [dns, dns.promises] as unknown as Record<string, unknown>[]) {
  for (const name of Object.keys(target)) {
    if (/^(lookup|resolve|reverse)/.test(name)) target[name] = deny;
  }
}
globalThis.fetch = deny;
syncBuiltinESMExports();
