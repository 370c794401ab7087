export { exportAudit } from "./export.ts";
export { listAudit } from "./list.ts";
export { type AuditEntry, recordAudit, recordAudits } from "./record.ts";
export { changeAuditSeal, getAuditSeal } from "./state.ts";
export { configuredKeys, sealingLag, startSealer } from "./seal/sealer.ts";
export { CHECKPOINT_PREFIX, mailCheckpoints, publishCheckpoints } from "./seal/publish.ts";
export { type AuditAction } from "./values.ts";
