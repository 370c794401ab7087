"use client";
import { usePathname } from "next/navigation";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { lazyLayer, lazyPart } from "#components/lazy-part.tsx";
import { fromList } from "#components/uploads/read-drop.ts";
import { proposeUpload } from "#components/uploads/propose-upload.ts";
import { useHotkeys } from "#components/use-hotkeys.ts";
import { SearchOpener } from "./opener.ts";

const Palette = lazyLayer(() => import("./palette.tsx").then((module) => module.Palette), "search");
const KeysDialog = lazyLayer(() => import("./keys-dialog.tsx").then((module) => module.KeysDialog), "search");
const CreateCollectionDialog = lazyPart(() =>
  import("../collections/create-collection-dialog.tsx").then((module) => module.CreateCollectionDialog),
);

type Layer = "palette" | "keys" | "collection";

/** Search and commands over every page: behind Ctrl or ⌘ K and `/`, and the list of keys behind `?`. */
export function SearchLayer({ isMember, children }: { isMember: boolean; children: ReactNode }) {
  const [layer, setLayer] = useState<Layer | null>(null);
  const files = useRef<HTMLInputElement>(null);
  const path = usePathname();
  const openPalette = useCallback(() => setLayer("palette"), []);
  const closing = (isOpen: boolean) => !isOpen && setLayer(null);

  useHotkeys(
    {
      // the letter would land in the field
      "/": (event) => {
        event.preventDefault();
        const field = path === "/search" ? document.getElementById("search-field") : null;
        if (field) field.focus();
        else openPalette();
      },
      "?": () => setLayer("keys"),
    },
    true,
    { yields: true },
  );
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      if (event.altKey || event.shiftKey || event.defaultPrevented) return;
      event.preventDefault();
      // no dialog opens over a dialog
      setLayer((now) => {
        if (now === "palette") return null;
        // nor is one in the way that is just closing
        return document.querySelector("[role=dialog][data-state=open], [role=alertdialog][data-state=open]")
          ? now
          : "palette";
      });
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <SearchOpener value={openPalette}>
      {children}
      <Palette
        isOpen={layer === "palette"}
        onOpenChange={closing}
        isMember={isMember}
        actions={{
          keys: () => setLayer("keys"),
          newCollection: () => setLayer("collection"),
          upload: () => files.current?.click(),
        }}
      />
      <KeysDialog isOpen={layer === "keys"} onOpenChange={closing} />
      {layer === "collection" && <CreateCollectionDialog onClose={() => setLayer(null)} />}
      <input
        ref={files}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          proposeUpload(fromList(currentTarget.files ?? []), null);
          currentTarget.value = "";
        }}
      />
    </SearchOpener>
  );
}
