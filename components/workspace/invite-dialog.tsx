"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useRef, useState } from "react";
import { isAddress, splitAddresses } from "#components/sharing/addresses.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { InvitedView } from "#lib/workspaces/schema.ts";
import { MOST_INVITATIONS_PER_CALL, type WorkspaceRole, workspaceRoles } from "#lib/workspaces/values.ts";
import { useInvite } from "./queries.ts";

/** Invites many addresses at once. What was not simply invited is told before the dialog closes. */
export function InviteDialog({ workspaceName, onClose }: { workspaceName: string; onClose: () => void }) {
  const t = useTranslations("people.invite");
  const people = useTranslations("people");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const formId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [role, setRole] = useState<WorkspaceRole>("member");
  const [problem, setProblem] = useState<string | null>(null);
  const [answer, setAnswer] = useState<InvitedView["items"]>([]);
  const invite = useInvite();

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (invite.isPending) return;
    const emails = splitAddresses(text);
    const faulty = emails.filter((address) => !isAddress(address));
    setAnswer([]);
    field.current?.focus();
    if (emails.length === 0) return setProblem(t("noAddress"));
    if (faulty.length > 0)
      return setProblem(t("notAddresses", { count: faulty.length, list: faulty.join(", ") }));
    if (emails.length > MOST_INVITATIONS_PER_CALL)
      return setProblem(t("tooMany", { count: emails.length, most: MOST_INVITATIONS_PER_CALL }));
    setProblem(null);
    try {
      const { items } = await invite.mutateAsync({ emails, role });
      const count = items.filter(({ outcome }) => outcome === "invited").length;
      if (count > 0) notify.done(t("invited", { count }));
      if (count === items.length) return onClose();
      setText("");
      setAnswer(items);
    } catch (error) {
      setProblem(textOf(error));
    }
  }
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("title", { workspace: workspaceName })}
      description={t("text")}
      footer={
        <>
          <Button onClick={onClose}>{common(answer.length > 0 ? "done" : "cancel")}</Button>
          <Button type="submit" form={formId} variant="primary" isBusy={invite.isPending}>
            {t("submit")}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        onSubmit={(event) => void submit(event)}
        className="flex flex-col gap-4 pt-1"
      >
        <Field label={t("label")} hint={t("hint")} error={problem}>
          {(control) => (
            <Textarea
              {...control}
              ref={field}
              rows={3}
              data-autofocus
              value={text}
              placeholder={t("placeholder")}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => {
                setText(event.target.value);
                setProblem(null);
              }}
              onKeyDown={(event) => {
                // as in a field of one line; Shift and Enter make another
                if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                event.currentTarget.form?.requestSubmit();
              }}
            />
          )}
        </Field>
        <div aria-live="polite" className="text-ink-muted text-sm empty:hidden">
          {(["again", "member", "guest"] as const).map((outcome) => {
            const those = answer.filter((item) => item.outcome === outcome);
            if (those.length === 0) return null;
            const list = those.map(({ email }) => email).join(", ");
            return (
              <p key={outcome} className="wrap-anywhere">
                {t(outcome, { count: those.length, list })}
              </p>
            );
          })}
        </div>
        <Field label={t("role")}>
          {(control) => (
            <Select
              {...control}
              value={role}
              onValueChange={setRole}
              className="w-56"
              options={workspaceRoles.map((value) => ({
                value,
                label: people(`role.${value}`),
                description: people(`role.${value}Text`),
              }))}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
