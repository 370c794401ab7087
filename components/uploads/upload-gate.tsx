"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { quotaQuery } from "#components/shell/queries.ts";
import { DestinationDialog } from "./destination-dialog.tsx";
import { PreflightDialog } from "./preflight-dialog.tsx";
import { planUpload } from "./plan-upload.ts";
import type { ChosenFile, Destination } from "./upload-item.ts";
import { StartUpload } from "./start-upload.tsx";
import { uploadQueue } from "./upload-queue.ts";

interface UploadGateProps {
  files: ChosenFile[];
  collection: Destination | null;
}

/** Between choosing and sending: asks where files go, and says how many of them fit before any is sent. */
export function UploadGate({ files, collection }: UploadGateProps) {
  const [destination, setDestination] = useState(collection);
  // what is left may have changed since the bar was drawn
  const quota = useQuery({ ...quotaQuery(), staleTime: 0, gcTime: 0, queryKey: ["quota", "before-upload"] });
  const cancel = () => uploadQueue.dropProposal();
  if (!destination) {
    return <DestinationDialog files={files} onChoose={setDestination} onCancel={cancel} />;
  }
  // without figures the server still decides at the end
  if (quota.isError) return <StartUpload files={files} collection={destination} />;
  if (!quota.data || quota.isFetching) return null;
  const plan = planUpload(files, quota.data);
  if (plan.fitting.length === files.length) return <StartUpload files={files} collection={destination} />;
  return <PreflightDialog plan={plan} quota={quota.data} collection={destination} onCancel={cancel} />;
}
