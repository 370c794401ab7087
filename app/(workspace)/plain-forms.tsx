import { getTranslations } from "next-intl/server";
import { PlainForm } from "#components/ui/plain-form.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { formOutcome } from "#lib/http/action.ts";
import type { OfferView } from "#lib/workspaces/schema.ts";
import { acceptOffer, addCollaborator, createCollection, renameCollection } from "./actions.ts";

/** What the dialogs of these pages do, for browsers without scripts. */
export async function CreateCollection() {
  const [t, common, outcome] = await Promise.all([
    getTranslations("collection.create"),
    getTranslations("common"),
    formOutcome("create-collection"),
  ]);
  return (
    <PlainForm
      action={createCollection}
      outcome={outcome}
      title={t("title")}
      submit={common("create")}
      fields={[
        { name: "name", label: t("name"), maxLength: 120 },
        { name: "description", label: t("description"), maxLength: 2000 },
      ]}
    />
  );
}

export async function RenameCollection({
  collection: { id, name, version },
}: {
  collection: CollectionView;
}) {
  const [t, common, outcome] = await Promise.all([
    getTranslations("collection"),
    getTranslations("common"),
    formOutcome("rename-collection"),
  ]);
  return (
    <PlainForm
      action={renameCollection}
      outcome={outcome}
      title={t("editName")}
      submit={common("save")}
      hidden={{ id, version: String(version) }}
      fields={[{ name: "name", label: t("fields.name"), value: name, maxLength: 120 }]}
    />
  );
}

/** The roles that are given most; every other way to share needs the dialog. */
const roles = ["viewer", "commenter", "editor"] as const;

export async function AddCollaborator({ collection: { id, name } }: { collection: CollectionView }) {
  const [t, auth, outcome] = await Promise.all([
    getTranslations("share"),
    getTranslations("auth"),
    formOutcome("add-collaborator"),
  ]);
  return (
    <PlainForm
      action={addCollaborator}
      outcome={outcome}
      title={t("title", { name })}
      submit={t("add.submit")}
      done={t("add.said", { count: 1, address: outcome?.values.email ?? "" })}
      hidden={{ id }}
      fields={[{ name: "email", label: auth("email"), type: "email" }]}
    >
      <fieldset className="flex flex-wrap gap-4">
        <legend className="mb-1.5 text-sm font-medium">{t("add.role")}</legend>
        {roles.map((role) => (
          <label key={role} className="flex items-center gap-2">
            <input type="radio" name="role" value={role} defaultChecked={role === "viewer"} />
            {t(`roles.${role}.label`)}
          </label>
        ))}
      </fieldset>
    </PlainForm>
  );
}

export async function AcceptOffer({ offer: { id, workspaceName } }: { offer: OfferView }) {
  const [t, outcome] = await Promise.all([getTranslations("people.offer"), formOutcome("accept-offer")]);
  return (
    <PlainForm
      action={acceptOffer}
      outcome={outcome}
      title={workspaceName}
      submit={t("join")}
      hidden={{ id }}
    />
  );
}
