"use client";
import dynamic from "next/dynamic";
import { kindOf } from "../document-kind.ts";
import type { ViewedDocument } from "./document-source.ts";
import { ViewerLoading } from "./viewer-loading.tsx";

const loading = () => <ViewerLoading />;
// each viewer is a chunk of its own: reading a text needs no PDF engine
const viewers = {
  pdf: dynamic(() => import("./pdf-viewer.tsx").then((module) => module.PdfViewer), { ssr: false, loading }),
  image: dynamic(() => import("./image-viewer.tsx").then((module) => module.ImageViewer), {
    ssr: false,
    loading,
  }),
  text: dynamic(() => import("./text-viewer.tsx").then((module) => module.TextViewer), {
    ssr: false,
    loading,
  }),
  table: dynamic(() => import("./table-viewer.tsx").then((module) => module.TableViewer), {
    ssr: false,
    loading,
  }),
};

/** The document itself, by a viewer for its kind. */
export function Viewer({ document }: { document: ViewedDocument }) {
  const Shown = viewers[kindOf(document.contentType)];
  return <Shown document={document} />;
}
