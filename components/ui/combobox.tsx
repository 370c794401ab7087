"use client";
import { useCombobox, type UseComboboxState, type UseComboboxStateChangeOptions } from "downshift";
import { Popover } from "radix-ui";
import {
  type ChangeEvent,
  type ClipboardEvent,
  type HTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useId,
  useState,
} from "react";
import { cn } from "./cn.ts";
import { controlClass } from "./field-class.ts";
import { layerClass } from "./layer-class.ts";

export interface ComboboxOption {
  key: string;
  label: string;
  /** One line under the label. */
  facts: string;
  /** Shown, but not to be chosen. */
  isTaken?: boolean;
}

interface ComboboxProps<Option extends ComboboxOption> {
  /** The input's, which a label names. */
  id: string;
  input: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  options: readonly Option[];
  /** Names the list. */
  listLabel: string;
  iconOf: (option: Option) => ReactNode;
  /** The first option is meant unless another is; not where the text can be meant as it stands. */
  isFirstMeant: boolean;
  onChoose: (option: Option) => void;
  /** What was chosen, before the text. */
  chips?: ReactNode;
  /** Keys that the list does not take. */
  onKeyDown?: (event: KeyboardEvent) => void;
  onPaste?: (event: ClipboardEvent) => void;
  /** What else stands on the input. */
  control?: HTMLAttributes<HTMLInputElement> & { "data-autofocus"?: boolean | undefined };
  placeholder?: string | undefined;
  className?: string;
}

const { stateChangeTypes: changeTypes } = useCombobox;

/** Only Enter and a press choose, and neither they nor leaving or Escape write into the text. */
function keepText<Option>(
  state: UseComboboxState<Option>,
  { type, changes }: UseComboboxStateChangeOptions<Option>,
): Partial<UseComboboxState<Option>> {
  if (type === changeTypes.InputClick) return state;
  if (type === changeTypes.InputChange) return changes;
  const isChosen = type === changeTypes.ItemClick || type === changeTypes.InputKeyDownEnter;
  return { ...changes, inputValue: state.inputValue, ...(!isChosen && { selectedItem: null }) };
}

/** The list does not take this key. */
const leaveAlone = (event: KeyboardEvent) =>
  Object.assign(event.nativeEvent, { preventDownshiftDefault: true });
/** They move the caret in the text, as in every field. */
const caretKeys = ["Home", "End", "PageUp", "PageDown"];

/** A field with suggestions under it: arrow keys move, Enter chooses, Escape closes only the list; the focus stays in the field. */
export function Combobox<Option extends ComboboxOption>(props: ComboboxProps<Option>) {
  const { id, input, text, onText, options, listLabel, iconOf, isFirstMeant, onChoose, chips } = props;
  const menuId = useId();
  const [moved, setMoved] = useState<number | null>(null);
  // until it is closed: what was typed before the page was alive is answered, too
  const [isWanted, setWanted] = useState(true);
  const isOpen = isWanted && options.length > 0;
  const first = isFirstMeant ? options.findIndex(({ isTaken }) => !isTaken) : -1;
  const current = moved !== null && moved < options.length ? moved : first;

  const { getInputProps, getItemProps, getMenuProps } = useCombobox<Option>({
    ...{ inputId: id, menuId, items: [...options], isItemDisabled: ({ isTaken = false }) => isTaken },
    ...{ inputValue: text, selectedItem: null, isOpen, highlightedIndex: current },
    itemToString: (option) => option?.label ?? "",
    stateReducer: keepText,
    onIsOpenChange: (change) => setWanted(change.isOpen),
    onHighlightedIndexChange: ({ highlightedIndex }) =>
      setMoved(highlightedIndex < 0 ? null : highlightedIndex),
    onSelectedItemChange: ({ selectedItem }) => {
      if (selectedItem) onChoose(selectedItem);
      input.current?.focus();
    },
  });

  function onKeyDown(event: KeyboardEvent) {
    const isListed = isOpen && (event.key.startsWith("Arrow") || (event.key === "Enter" && current >= 0));
    if (event.nativeEvent.isComposing || caretKeys.includes(event.key)) leaveAlone(event);
    if (event.nativeEvent.isComposing || isListed) return;
    if (event.key === "Enter") leaveAlone(event);
    props.onKeyDown?.(event);
  }
  return (
    <Popover.Root open={isOpen} onOpenChange={(open) => !open && setWanted(false)}>
      <Popover.Anchor asChild>
        <div
          className={cn(
            controlClass,
            "focus-within:border-accent flex max-h-40 min-h-8 min-w-0 flex-wrap items-center gap-1 overflow-y-auto px-1.5 py-[3px] focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-(--accent) pointer-coarse:min-h-10",
            props.className,
          )}
          onMouseDown={(event) => {
            if (event.target !== event.currentTarget) return;
            event.preventDefault();
            input.current?.focus();
          }}
        >
          {chips}
          <input
            {...props.control}
            {...getInputProps({
              ref: input,
              onChange: (event: ChangeEvent<HTMLInputElement>) => onText(event.target.value),
              onKeyDown,
            })}
            // the label says it
            aria-labelledby={undefined}
            aria-controls={isOpen ? menuId : undefined}
            type="text"
            inputMode="email"
            autoCapitalize="off"
            spellCheck={false}
            placeholder={props.placeholder}
            onPaste={props.onPaste}
            className="placeholder:text-ink-faint h-6 min-w-32 flex-1 bg-transparent px-1.5 text-ellipsis outline-none"
          />
        </div>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          // a press in the field does not close what belongs to it
          onInteractOutside={(event) => event.target === input.current && event.preventDefault()}
          role="presentation"
          className={cn(layerClass, "w-(--radix-popover-trigger-width) min-w-64 p-1")}
        >
          <ul
            {...getMenuProps({}, { suppressRefError: true })}
            aria-labelledby={undefined}
            aria-label={listLabel}
          >
            {options.map((option, index) => (
              <li
                key={option.key}
                {...getItemProps({ item: option, index, onMouseDown: (event) => event.preventDefault() })}
                className={cn(
                  "flex min-h-11 cursor-default items-center gap-3 rounded-sm px-2 py-1 select-none",
                  index === current && "bg-hover",
                )}
              >
                {iconOf(option)}
                <span className="min-w-0 flex-1">
                  <span className={cn("block truncate", option.isTaken ? "text-ink-muted" : "font-medium")}>
                    {option.label}
                  </span>
                  <span className="text-ink-muted block truncate text-sm">{option.facts}</span>
                </span>
              </li>
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
