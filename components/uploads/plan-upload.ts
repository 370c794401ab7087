import { isAllowedType, typeOfFile } from "#lib/documents/values.ts";
import type { QuotaView } from "#lib/quota/schema.ts";
import type { ChosenFile } from "./upload-item.ts";

export interface UploadPlan {
  /** Those that can be sent, in the order given. */
  fitting: ChosenFile[];
  /** Kinds of file that are not taken. */
  unsupported: ChosenFile[];
  /** More than the storage left. */
  tooLarge: ChosenFile[];
  /** More documents than may still be added. */
  tooMany: ChosenFile[];
}

/**
 * Which of the chosen files can be sent within what is left of the quota. An estimate on the safe side: files that
 * are stored already would cost nothing, and the server decides at the end.
 */
export function planUpload(
  files: readonly ChosenFile[],
  quota: Pick<QuotaView, "storageBytes" | "documents">,
): UploadPlan {
  const plan: UploadPlan = { fitting: [], unsupported: [], tooLarge: [], tooMany: [] };
  let bytesLeft = quota.storageBytes.limit - quota.storageBytes.used;
  let documentsLeft = quota.documents.limit - quota.documents.used;
  for (const chosen of files) {
    const { name, type, size } = chosen.file;
    if (!isAllowedType(typeOfFile(name, type))) plan.unsupported.push(chosen);
    else if (documentsLeft <= 0) plan.tooMany.push(chosen);
    else if (size > bytesLeft) plan.tooLarge.push(chosen);
    else {
      plan.fitting.push(chosen);
      bytesLeft -= size;
      documentsLeft -= 1;
    }
  }
  return plan;
}
