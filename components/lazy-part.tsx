"use client";
import { type ComponentType, type ReactNode, Suspense, use, useState } from "react";
import { AreaMessages } from "#components/messages/area-messages.tsx";
import { type Area, loadArea } from "#lib/i18n/areas/index.ts";
import { isLocale } from "#lib/i18n/locales.ts";
import { whenIdle } from "./when-idle.ts";

export interface LazyPart<Props> {
  /** Draws nothing until it is there, which is at once where it was loaded before. */
  (props: Props): ReactNode;
  /** Loads it, for when it is about to be shown; ends when it can be drawn at once. */
  load: () => Promise<unknown>;
}

/**
 * A part of a page that its first look does without: a dialog, what is in a menu. It comes when the browser has nothing
 * better to do, so that it is there when it is asked for, or when it is asked for, whichever is first. What it says comes
 * with it where that is an area of its own. Only for what appears on demand: it is never drawn on the server.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  area?: Area,
): LazyPart<Props> {
  let Loaded: ComponentType<Props> | undefined;
  let loading: Promise<ComponentType<Props>> | undefined;
  const loadOnce = () => {
    loading ??= load().then(
      (component) => (Loaded = component),
      (error: unknown) => {
        // what did not arrive may arrive next time
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  const loadAll = () => {
    const { lang } = document.documentElement;
    return Promise.all([loadOnce(), area && isLocale(lang) && loadArea(area, lang)]);
  };
  // a failure shows when the part is asked for
  whenIdle(loadAll);
  function Content(props: Props) {
    const Component = Loaded ?? use(loadOnce());
    return <Component {...props} />;
  }
  function Part(props: Props) {
    const content = <Content {...props} />;
    return (
      <Suspense fallback={null}>
        {area ? <AreaMessages area={area}>{content}</AreaMessages> : content}
      </Suspense>
    );
  }
  return Object.assign(Part, { load: loadAll });
}

/** A layer over the page that is opened and closed, such as a dialog: loaded with its first opening, and kept for its closing. */
export function lazyLayer<Props extends { isOpen: boolean }>(
  load: () => Promise<ComponentType<Props>>,
  area?: Area,
): LazyPart<Props> {
  const Part = lazyPart(load, area);
  function Layer(props: Props) {
    const [wasOpened, setWasOpened] = useState(props.isOpen);
    if (props.isOpen && !wasOpened) setWasOpened(true);
    return (props.isOpen || wasOpened) && <Part {...props} />;
  }
  return Object.assign(Layer, { load: Part.load });
}
