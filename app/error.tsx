"use client";
import { buttonClass } from "#components/ui/button-class.ts";
import { MessagePage } from "#components/ui/message-page.tsx";
import { failureTexts } from "./failure-texts.ts";

/**
 * What a page shows when it failed. The cause is in the server's log, never here. It comes along with every page, so it
 * brings its own few words and nothing of the product.
 */
export default function ErrorPage({ retry }: { retry: () => void }) {
  const { title, text, toHome, retry: again } = failureTexts();
  return (
    <MessagePage
      title={title}
      text={text}
      actions={
        <>
          <a href="/" className={buttonClass()}>
            {toHome}
          </a>
          <button type="button" onClick={retry} className={buttonClass({ variant: "primary" })}>
            {again}
          </button>
        </>
      }
    />
  );
}
