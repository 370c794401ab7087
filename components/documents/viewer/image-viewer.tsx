"use client";
import { ImageOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { useHotkeys } from "#components/use-hotkeys.ts";
import { useDocumentSource, type ViewedDocument } from "./document-source.ts";
import { ViewerFrame } from "./frame.tsx";
import { ViewerMessage } from "./viewer-message.tsx";
import { ZoomControls } from "./zoom-controls.tsx";

const bounds = { min: 0.05, max: 16 };
const step = 1.25;

/** An image: fitted at first, then zoomed and moved by wheel, keys and dragging. */
export function ImageViewer({ document }: { document: ViewedDocument }) {
  const t = useTranslations("document.viewer");
  const source = useDocumentSource();
  // no browser draws TIFF but one; the preview made on the server stands in
  const isDrawable = document.contentType !== "image/tiff";
  const [isBroken, setBroken] = useState(false);
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null);
  const [box, setBox] = useState({ width: 0, height: 0 });
  const [zoom, setZoom] = useState<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setBox({ width: element.clientWidth - 32, height: element.clientHeight - 32 }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const fit = natural
    ? Math.min(1, Math.max(0, box.width) / natural.width, Math.max(0, box.height) / natural.height)
    : 1;
  const scale = zoom ?? fit;
  const zoomBy = (steps: number) =>
    setZoom(Math.min(bounds.max, Math.max(bounds.min, scale * step ** steps)));
  useHotkeys({
    "+": () => zoomBy(1),
    "=": () => zoomBy(1),
    "-": () => zoomBy(-1),
    "0": () => setZoom(null),
  });
  useWheelZoom(scroller, zoomBy);
  if (isBroken || (!isDrawable && !document.hasThumbnail)) {
    return (
      <ViewerMessage
        documentId={document.id}
        icon={<ImageOff />}
        title={t(isDrawable ? "damaged.title" : "notShown.title")}
        text={t(isDrawable ? "damaged.text" : "notShown.text")}
      />
    );
  }
  return (
    <ViewerFrame
      label={t("toolbar")}
      toolbar={
        <span className="mx-auto">
          <ZoomControls
            scale={scale}
            fit={zoom === null ? "page-fit" : null}
            onStep={zoomBy}
            onZoom={(value) => {
              if (value === "page-fit") setZoom(null);
              else if (value === "page-width") setZoom(natural ? box.width / natural.width : null);
              else setZoom(value);
            }}
          />
        </span>
      }
    >
      <div
        ref={scroller}
        role="document"
        aria-label={t("label")}
        tabIndex={0}
        {...dragToMove}
        className="absolute inset-0 grid cursor-grab touch-pan-x touch-pan-y place-items-center-safe overflow-auto p-4 outline-none active:cursor-grabbing"
      >
        <img
          src={isDrawable ? source.inlinePath(document.id) : source.thumbnailPath(document.id)}
          alt={document.name}
          draggable={false}
          onLoad={({ currentTarget }) =>
            setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
          }
          onError={() => setBroken(true)}
          className="shadow-float max-w-none bg-white"
          style={
            natural
              ? { width: natural.width * scale, height: natural.height * scale }
              : { visibility: "hidden" }
          }
        />
      </div>
      {!isDrawable && (
        <p className="bg-surface text-ink-muted shadow-float absolute bottom-4 left-1/2 -translate-x-1/2 rounded-md px-3 py-2 text-sm">
          {t("notShown.title")}. {t("notShown.text")}
        </p>
      )}
    </ViewerFrame>
  );
}

/** Pinching on a touchpad arrives as a wheel with Ctrl; the page must not zoom then, so the listener is active. */
function useWheelZoom(scroller: React.RefObject<HTMLElement | null>, zoomBy: (steps: number) => void): void {
  const latest = useRef(zoomBy);
  useEffect(() => {
    latest.current = zoomBy;
  });
  useEffect(() => {
    const element = scroller.current;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      latest.current(-event.deltaY / 80);
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [scroller]);
}

/** With a mouse the picture is moved by dragging; fingers scroll by themselves. */
const dragToMove = {
  onPointerDown: (event: PointerEvent<HTMLElement>) => {
    if (event.pointerType === "mouse" && event.button === 0)
      event.currentTarget.setPointerCapture(event.pointerId);
  },
  onPointerMove: (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    event.currentTarget.scrollBy(-event.movementX, -event.movementY);
  },
};
