"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useDeferredValue, useOptimistic, useState, useTransition } from "react";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { Button } from "#components/ui/button.tsx";
import { InlineEdit } from "#components/ui/inline-edit.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { WorkspaceView } from "#lib/workspaces/schema.ts";
import { InvitationsSection } from "./invitations-section.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { MembersList } from "./members-list.tsx";
import { OutsidersSection } from "./outsiders-section.tsx";
import { peopleQuery, useRenameWorkspace } from "./queries.ts";

/** Who is in the workspace, who is invited, and who is let in from outside: administrators change it, members look. */
export function PeoplePage({ workspace }: { workspace: WorkspaceView }) {
  const t = useTranslations("people");
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const [isInviting, setInviting] = useState(false);
  const all = useInfiniteQuery(peopleQuery());
  const canManage = all.data?.pages[0]?.abilities.canManage ?? false;
  return (
    <SettingsFrame
      crumbs={[{ label: t("title") }]}
      actions={
        canManage && (
          <Button variant="primary" onClick={() => setInviting(true)}>
            <UserPlus aria-hidden />
            {t("invite.open")}
          </Button>
        )
      }
    >
      <h1 className="font-serif text-xl font-medium">{t("title")}</h1>
      <WorkspaceName workspace={workspace} canManage={canManage} />
      <p className="text-ink-muted mt-1 mb-6 text-pretty">
        {all.data && !canManage ? t("readOnly") : t("intro")}
      </p>
      <div className="flex flex-col gap-6">
        <div>
          <SearchField label={t("find")} value={typed} onChange={setTyped} className="mb-3" />
          <MembersList q={q} workspaceName={workspace.name} canManage={canManage} />
        </div>
        {canManage && (
          <>
            <InvitationsSection />
            <OutsidersSection q={q} />
          </>
        )}
      </div>
      {isInviting && <InviteDialog workspaceName={workspace.name} onClose={() => setInviting(false)} />}
    </SettingsFrame>
  );
}

function WorkspaceName({ workspace, canManage }: { workspace: WorkspaceView; canManage: boolean }) {
  const t = useTranslations("people");
  const router = useRouter();
  const [, startTransition] = useTransition();
  const [shown, setShown] = useOptimistic(workspace.name);
  const { mutateAsync: rename } = useRenameWorkspace();
  if (!canManage) return <p className="mt-1 font-medium wrap-anywhere">{workspace.name}</p>;
  async function save(name: string) {
    await rename(name);
    startTransition(() => {
      setShown(name);
      router.refresh();
    });
  }
  return (
    <div className="mt-1 font-medium">
      <InlineEdit value={shown} label={t("workspaceName")} maxLength={80} isRequired onSave={save} />
    </div>
  );
}
