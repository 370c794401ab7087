import { FileX, Hourglass, LinkIcon, Lock, Unlink } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { LinkFrame } from "#components/link-page/link-frame.tsx";
import { LinkNotice } from "#components/link-page/link-notice.tsx";
import { UnlockForm } from "#components/link-page/unlock-form.tsx";
import { formOutcome } from "#lib/http/action.ts";
import { unlockByForm } from "./actions.ts";
import { type Met, type Refusal } from "./meet.ts";

const icons = {
  missing: <Unlink />,
  expired: <Hourglass />,
  revoked: <Lock />,
  used_up: <Hourglass />,
  busy: <Hourglass />,
  document: <FileX />,
};

/** Says why there is nothing to see, and what to do. */
export async function Refused({ why, seconds = 0 }: { why: Refusal | "document"; seconds?: number }) {
  const t = await getTranslations("link.refused");
  return <LinkNotice icon={icons[why]} title={t(`${why}.title`)} text={t(`${why}.text`, { seconds })} />;
}

/** Asks for what the link wants first. */
export async function Locked({ token, met }: { token: string; met: Extract<Met, { kind: "locked" }> }) {
  const [t, failure, outcome] = await Promise.all([
    getTranslations("link"),
    getTranslations("errors"),
    formOutcome("unlock-link"),
  ]);
  const { needsPassword, needsName, told } = met;
  return (
    <LinkFrame isCentred>
      <span
        aria-hidden
        className="bg-sunken text-ink-muted mb-5 grid size-12 place-items-center rounded-full [&_svg]:size-5"
      >
        {needsPassword ? <Lock /> : <LinkIcon />}
      </span>
      <h1 className="font-serif text-xl font-medium text-balance break-words">
        {told ? t("name.title", { owner: told.ownerName, name: told.resource.name }) : t("locked.title")}
      </h1>
      <p className="text-md text-ink-muted mt-3 text-pretty">
        {told ? t("name.text") : t(needsName ? "locked.both" : "locked.text")}
      </p>
      <UnlockForm
        token={token}
        needsPassword={needsPassword}
        needsName={needsName}
        action={unlockByForm}
        outcome={outcome}
        texts={{
          password: t("locked.password"),
          show: t("locked.show"),
          hide: t("locked.hide"),
          passwordNeeded: t("locked.needed"),
          name: t("name.label"),
          nameNeeded: t("name.needed"),
          open: t(needsPassword ? "locked.open" : "name.open"),
          wait: t("locked.wait", { time: "{time}" }),
          waitOver: t("locked.waitOver"),
          failed: failure("network"),
        }}
      />
    </LinkFrame>
  );
}
