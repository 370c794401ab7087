"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCombobox, type UseComboboxState, type UseComboboxStateChangeOptions } from "downshift";
import { BookMarked, CornerDownLeft, Search, UserRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { Dialog as Radix } from "radix-ui";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { Thumbnail } from "#components/documents/thumbnail.tsx";
import { recentQuery } from "#components/documents/queries.ts";
import { itemsOf } from "#components/list-pages.ts";
import { cn } from "#components/ui/cn.ts";
import { ErrorText } from "#components/ui/error-text.tsx";
import { useOpener } from "#components/ui/focus.ts";
import { overlayClass, panelClass } from "#components/ui/overlay-class.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import { useStacked } from "#components/ui/stacked.ts";
import { useKeyboardRoom } from "#components/ui/use-keyboard-room.ts";
import { foldedName } from "#lib/http/values.ts";
import type { SearchHit } from "#lib/search/schema.ts";
import { MOST_QUERY_CHARACTERS } from "#lib/search/values.ts";
import { hrefOf, idOf } from "./hits.ts";
import { Marked } from "./marked.tsx";
import { type Command, type LayerActions, useCommands } from "./use-commands.tsx";
import { useSearch, useSettled } from "./use-search.ts";

interface PaletteProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  isMember: boolean;
  actions: LayerActions;
}

interface Option {
  key: string;
  group: "commands" | "recent" | "collections" | "people" | "documents" | "all";
  icon: ReactNode;
  label: ReactNode;
  facts?: ReactNode;
  choose: () => void;
}

/** Search and commands in one: what is typed finds both, and Enter takes the first unless the arrow keys chose another. */
export function Palette({ isOpen, onOpenChange, ...props }: PaletteProps) {
  const t = useTranslations("search");
  const giveFocusBack = useOpener(isOpen);
  const changeOpen = useStacked(isOpen, onOpenChange);
  useKeyboardRoom(isOpen);
  // each opening begins anew, also while the one before fades
  const [opening, setOpening] = useState({ isOpen, count: 0 });
  if (opening.isOpen !== isOpen) setOpening({ isOpen, count: opening.count + Number(isOpen) });
  return (
    <Radix.Root open={isOpen} onOpenChange={changeOpen}>
      <Radix.Portal>
        <Radix.Overlay className={cn(overlayClass, "sm:items-start sm:pt-[12dvh]")}>
          <Radix.Content
            className={cn(panelClass, "max-w-160 max-sm:h-full sm:max-h-[70dvh]")}
            onCloseAutoFocus={giveFocusBack}
            aria-describedby={undefined}
          >
            <Radix.Title className="sr-only">{t("palette")}</Radix.Title>
            <Content key={opening.count} {...props} onClose={() => onOpenChange(false)} />
          </Radix.Content>
        </Radix.Overlay>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** So many documents are shown here; the page of the search has the rest. */
const MOST_DOCUMENTS = 8;
const MOST_RECENT = 5;
const MOST_COMMANDS = 4;

const { stateChangeTypes: changeTypes } = useCombobox;
/** Only Enter and a press choose, and neither writes into the text. */
function keepText(
  state: UseComboboxState<Option>,
  { type, changes }: UseComboboxStateChangeOptions<Option>,
): Partial<UseComboboxState<Option>> {
  if (type === changeTypes.InputClick) return state;
  if (type === changeTypes.InputChange) return changes;
  const isChosen = type === changeTypes.ItemClick || type === changeTypes.InputKeyDownEnter;
  return { ...changes, inputValue: state.inputValue, ...(!isChosen && { selectedItem: null }) };
}

function Content({
  isMember,
  actions,
  onClose,
}: Omit<PaletteProps, "isOpen" | "onOpenChange"> & { onClose: () => void }) {
  const t = useTranslations("search");
  const router = useRouter();
  const [text, setText] = useState("");
  const [moved, setMoved] = useState<string | null>(null);
  const q = useSettled(text.trim(), 80);
  const { query, hits, isClose, isSearching, isOld } = useSearch(
    { q, type: null, collectionId: null },
    MOST_DOCUMENTS,
  );
  const recent = useInfiniteQuery({ ...recentQuery(), staleTime: 10_000 });
  const commands = useCommands(isMember, actions);
  const leave = (act: () => void) => () => {
    onClose();
    act();
  };
  const go = (href: string) => leave(() => router.push(href));

  const options: Option[] = [];
  const typed = text.trim();
  const fitting =
    typed === ""
      ? commands
      : commands.filter(({ label }) => startsWord(label, typed)).slice(0, MOST_COMMANDS);
  const asOption = ({ key, label, icon, run }: Command): Option => ({
    ...{ key, group: "commands", icon, label, choose: leave(run) },
  });
  if (typed === "")
    for (const { id, name, ...document } of itemsOf(recent.data).slice(0, MOST_RECENT))
      options.push({
        ...{ key: id, group: "recent", label: name, choose: go(`/documents/${id}`) },
        icon: <Thumbnail document={{ id, ...document }} size="sm" />,
      });
  options.push(...fitting.map(asOption));
  if (typed !== "") {
    let documents = 0;
    for (const hit of hits) {
      if (hit.kind === "document" && (documents += 1) > MOST_DOCUMENTS) break;
      options.push({ key: idOf(hit), ...optionOf(hit, t), choose: go(hrefOf(hit)) });
    }
    options.push({
      ...{ key: "all", group: "all", icon: <Search />, label: t("allResults", { query: typed }) },
      choose: go(`/search?q=${encodeURIComponent(typed)}`),
    });
  }
  const at = options.findIndex(({ key }) => key === moved);
  const current = Math.max(at, 0);
  // what was found for an earlier text is no answer to this one: Enter asks for all of it
  const isSettled = typed === q && !isOld && (hits.length > 0 || !isSearching);

  const { getInputProps, getItemProps, getMenuProps } = useCombobox<Option>({
    items: options,
    ...{ inputValue: text, selectedItem: null, isOpen: true, highlightedIndex: current },
    itemToString: (option) => option?.key ?? "",
    stateReducer: keepText,
    onHighlightedIndexChange: ({ highlightedIndex }) => setMoved(options[highlightedIndex]?.key ?? null),
    onSelectedItemChange: ({ selectedItem }) => selectedItem?.choose(),
    scrollIntoView: (node) => node?.scrollIntoView({ block: "nearest" }),
  });

  function onKeyDown(event: KeyboardEvent) {
    const leaveAlone = () => Object.assign(event.nativeEvent, { preventDownshiftDefault: true });
    if (event.nativeEvent.isComposing || ["Escape", "Home", "End", "PageUp", "PageDown"].includes(event.key))
      leaveAlone();
    if (event.nativeEvent.isComposing || event.key !== "Enter") return;
    if (typed !== "" && moved === null && !isSettled && fitting.length === 0) {
      leaveAlone();
      event.preventDefault();
      options.at(-1)?.choose();
    }
  }

  const groups = [...new Set(options.map(({ group }) => group))];
  const found = options.filter(({ group }) => ["collections", "people", "documents"].includes(group)).length;
  return (
    <>
      <div className="border-line flex items-center gap-2.5 border-b px-4">
        {isSearching ? (
          <Spinner className="text-ink-faint" />
        ) : (
          <Search aria-hidden className="text-ink-faint size-4 shrink-0" />
        )}
        <input
          {...getInputProps({
            onKeyDown,
            onChange: ({ currentTarget }) => {
              setText(currentTarget.value);
              setMoved(null);
            },
          })}
          // Radix gives the first control the focus
          aria-label={t("palette")}
          aria-labelledby={undefined}
          placeholder={t("placeholder")}
          maxLength={MOST_QUERY_CHARACTERS}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="go"
          className="placeholder:text-ink-faint text-md h-12 min-w-0 flex-1 bg-transparent outline-none"
        />
        <kbd
          aria-hidden
          className="border-line text-ink-muted rounded-sm border px-1.5 py-0.5 font-sans text-xs pointer-coarse:hidden"
        >
          Esc
        </kbd>
      </div>
      <p role="status" className="sr-only">
        <Announced text={announcement()} />
      </p>
      <div className="px-2 empty:hidden">
        {query.isError && typed !== "" && (
          <p role="alert" className="text-danger-ink px-2 py-2 text-sm">
            {t("failed")} <ErrorText error={query.error} />
          </p>
        )}
        {typed !== "" && isSettled && !query.isError && found === 0 && fitting.length === 0 && (
          <p className="text-ink-muted px-2 py-6 text-center">{t("none.title", { query: typed })}</p>
        )}
        {isClose && found > 0 && <p className="text-ink-muted px-2 pt-1 pb-2 text-sm">{t("close")}</p>}
      </div>
      <div
        {...getMenuProps({ "aria-label": t("list") }, { suppressRefError: true })}
        aria-labelledby={undefined}
        className="min-h-0 flex-1 overflow-y-auto p-2"
      >
        {groups.map((group) => (
          <div
            key={group}
            role="group"
            aria-label={group === "all" ? t("title") : t(`groups.${group}`)}
            className="not-first:mt-2"
          >
            {group !== "all" && (
              <p aria-hidden className="text-ink-muted px-2 py-1 text-xs font-medium">
                {t(`groups.${group}`)}
              </p>
            )}
            {options.map((option, index) =>
              option.group === group ? (
                <div
                  key={option.key}
                  {...getItemProps({ item: option, index })}
                  className="aria-selected:bg-hover group flex min-h-10 cursor-default items-center gap-3 rounded-md px-2 py-1.5 select-none pointer-coarse:min-h-12"
                >
                  <span
                    aria-hidden
                    className="text-ink-muted grid w-7 shrink-0 place-items-center [&_svg]:size-4"
                  >
                    {option.icon}
                  </span>
                  <span className="min-w-0 flex-1">
                    <span className="block truncate">{option.label}</span>
                    {option.facts && (
                      <span className="text-ink-muted block truncate text-sm">{option.facts}</span>
                    )}
                  </span>
                  <CornerDownLeft
                    aria-hidden
                    className="text-ink-faint size-3.5 shrink-0 opacity-0 group-aria-selected:opacity-100"
                  />
                </div>
              ) : null,
            )}
          </div>
        ))}
      </div>
    </>
  );

  function announcement(): string {
    if (typed === "" || !isSettled) return "";
    if (isClose) return t("countClose", { count: found });
    return query.hasNextPage ? t("countMore", { count: found }) : t("count", { count: found });
  }
}

/** Said once typing rests: else each letter would be talked over. */
function Announced({ text }: { text: string }) {
  return useSettled(text, 600);
}

/** Whether one of the words of a label begins with a text, or the label does. */
function startsWord(label: string, text: string): boolean {
  const [name, wanted] = [foldedName(label), foldedName(text)];
  return ` ${name}`.includes(` ${wanted}`);
}

type Translate = ReturnType<typeof useTranslations<"search">>;

function optionOf(hit: SearchHit, t: Translate): Pick<Option, "group" | "icon" | "label" | "facts"> {
  if (hit.kind === "collection")
    return {
      ...{ group: "collections", icon: <BookMarked />, label: <Marked marked={hit.collection.name} /> },
      facts: t("ownedBy", { name: hit.collection.ownerName }),
    };
  if (hit.kind === "person")
    return {
      ...{
        group: "people",
        icon: <UserRound />,
        label: <Marked marked={hit.person.name} />,
        facts: hit.person.email,
      },
    };
  const { document, page, passage } = hit;
  const place = [document.collection.name, page !== null && t("page", { page })].filter(Boolean).join(" · ");
  return {
    group: "documents",
    icon: <Thumbnail document={document} size="sm" />,
    label: <Marked marked={document.name} />,
    facts: (
      <>
        {place}
        {passage && (
          <>
            {place && " · "}
            <Marked marked={passage} />
          </>
        )}
      </>
    ),
  };
}
