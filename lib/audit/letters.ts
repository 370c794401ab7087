import { type Locale } from "#lib/i18n/index.ts";
import { letter } from "#lib/mail/index.ts";

interface CheckpointLetter {
  to: string;
  language: Locale;
  /** Its name; null for the log of the instance. */
  workspace: string | null;
  note: string;
  /** What the checkpoint is verified with. */
  verifier: string;
}

/** The mail of a checkpoint: its text can be handed to `npm run audit:verify` as it is. */
export const checkpointLetter = ({ to, language, workspace, note, verifier }: CheckpointLetter) =>
  letter({
    ...{ to, language },
    kind: workspace === null ? "auditInstanceCheckpoint" : "auditCheckpoint",
    values: workspace === null ? {} : { workspace },
    path: workspace === null ? "/" : "/settings/audit",
    blocks: [{ is: "text", text: `${note}\n${verifier}` }],
  });
