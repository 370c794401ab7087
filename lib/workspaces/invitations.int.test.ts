import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId } from "#prisma/factories.ts";
import { mailsTo } from "#lib/accounts/test-support.ts";
import { transaction } from "#lib/db/index.ts";
import { forgetRefusal } from "#lib/rate-limit/memory.ts";
import { inviteMembers, listInvitations, renewInvitation, revokeInvitation } from "./index.ts";
import { sendWorkspaceInvitation } from "./letters.ts";
import { MOST_WAITING_INVITATIONS } from "./values.ts";
import { address, auditOf, invite, makeTwo, outcome, word } from "./test-support.ts";

describe("inviting", () => {
  it("answers alike for an address with an account elsewhere and one without", async () => {
    const { admin, other } = await makeTwo();
    const colleague = await makePerson({ workspaceId: admin.workspaceId });
    const guest = await makePerson({ workspaceId: admin.workspaceId, role: "guest" });
    const nobody = address();
    const emails = [other.email, nobody, colleague.email, guest.email, admin.email];
    const { items } = await inviteMembers(admin, { emails, role: "member" });
    expect(new Map(items.map(({ email, outcome: result }) => [email, result]))).toEqual(
      new Map([
        [other.email, "invited"],
        [nobody, "invited"],
        [colleague.email, "member"],
        [guest.email, "guest"],
        [admin.email, "member"],
      ]),
    );
    const shape = (await listInvitations(admin, {})).items.map(({ id: _, email: __, ...rest }) => rest);
    expect(shape).toHaveLength(2);
    expect(shape[0]).toEqual(shape[1]);
  });

  it("again renews role and end, once per address however it is written, and at once", async () => {
    const { admin } = await makeTwo();
    const email = address();
    const id = await invite(admin, email);
    await asOwner("UPDATE workspace_invitations SET expires_at = now() + interval '1 hour' WHERE id = $1", [
      id,
    ]);
    const again = await inviteMembers(admin, { emails: [` ${email.toUpperCase()}`], role: "admin" });
    expect(again.items).toMatchObject([{ outcome: "again" }]);
    const [row] = (await listInvitations(admin, {})).items;
    expect(row).toMatchObject({ id, email, role: "admin", state: "pending" });
    expect(Date.parse(row!.expiresAt)).toBeGreaterThan(Date.now() + 13 * 86_400_000);
    expect(await auditOf(admin.workspaceId)).toEqual(["member.invited", "member.invitation_changed"]);

    const fresh = address();
    const results = await Promise.all(
      Array.from({ length: 6 }, () => inviteMembers(admin, { emails: [fresh, email], role: "member" })),
    );
    const outcomes = results.map(({ items }) => items.find((item) => item.email === fresh)!.outcome);
    expect(outcomes.filter((result) => result === "invited")).toHaveLength(1);
    expect((await listInvitations(admin, {})).items).toHaveLength(2);
  });

  it("is bounded, also when called at the same moment: all of a call or nothing", async () => {
    const { admin } = await makeTwo();
    const many = (count: number) => Array.from({ length: count }, address);
    const half = MOST_WAITING_INVITATIONS / 2;
    const results = await Promise.all(
      [half, half - 10, 20, 20].map((count) =>
        outcome(inviteMembers(admin, { emails: many(count), role: "member" })),
      ),
    );
    expect(results).toContain("conflict:too_many_invitations");
    const [row] = await asOwner<{ count: number }>(
      "SELECT count(*)::int FROM workspace_invitations WHERE workspace_id = $1",
      [admin.workspaceId],
    );
    expect(row!.count).toBeLessThanOrEqual(MOST_WAITING_INVITATIONS);
    expect(row!.count % 10).toBe(0);
  });

  it("is for admins; others see nothing of it", async () => {
    const { admin, other } = await makeTwo();
    const member = await makePerson({ workspaceId: admin.workspaceId });
    const guest = await makePerson({ workspaceId: admin.workspaceId, role: "guest" });
    const id = await invite(admin, address());
    for (const person of [member, guest]) {
      expect(await outcome(inviteMembers(person, { emails: [address()], role: "member" }))).toBe(
        "forbidden:workspace_admin",
      );
      for (const attempt of [
        () => listInvitations(person, {}),
        () => revokeInvitation(person, id),
        () => renewInvitation(person, id),
      ])
        expect(await outcome(attempt())).toBe("forbidden:workspace_admin");
    }
    // an admin of another workspace cannot tell it from none
    for (const verb of [revokeInvitation, renewInvitation])
      for (const wanted of [id, missingId()])
        expect(await outcome(verb(other, wanted))).toBe("not_found:workspace_invitation");
    const seenBy = (person: typeof admin) =>
      transaction(person, (tx) => tx.workspaceInvitation.findMany({ select: { id: true } }));
    expect(await seenBy(admin)).toEqual([{ id }]);
    for (const person of [member, guest, other]) expect(await seenBy(person)).toEqual([]);
    expect(
      await transaction({ kind: "everyone" }, (tx) =>
        tx.workspaceInvitation.findMany({ select: { id: true } }),
      ),
    ).toEqual([]);
    expect(
      await transaction({ kind: "visitor", linkId: randomUUID() }, (tx) =>
        tx.workspaceInvitation.findMany({ select: { id: true } }),
      ),
    ).toEqual([]);
    for (const write of [
      (who: typeof admin) =>
        transaction(
          who,
          (tx) => tx.$executeRaw`UPDATE workspace_invitations SET role = 'admin' WHERE id = ${id}::uuid`,
        ),
      (who: typeof admin) =>
        transaction(who, (tx) => tx.$executeRaw`DELETE FROM workspace_invitations WHERE id = ${id}::uuid`),
    ])
      expect(await outcome(write(admin))).toBe("forbidden:action");
  });
});

describe("letters", () => {
  const due = (email: string) =>
    asOwner<{ id: string }>("SELECT id FROM workspace_invitations WHERE email = $1", [email]);

  it("go out once, in the language of who gets them, with names and the way in", async () => {
    const { admin, other } = await makeTwo();
    await asOwner("UPDATE users SET language = 'de' WHERE id = $1", [other.id]);
    const id = await invite(admin, other.email);
    expect((await listInvitations(admin, {})).items[0]!.mailedAt).toBeNull();
    expect(await sendWorkspaceInvitation(id, randomUUID())).toBe("sent");
    expect(await sendWorkspaceInvitation(id, randomUUID())).toBe("nothing");
    const [mail] = await mailsTo(other.email);
    expect(mail!.subject).toBe(`${admin.name} lädt dich zu „${admin.name}“ ein`);
    expect(mail!.text).toContain("/join");
    expect((await listInvitations(admin, {})).items[0]!.mailedAt).not.toBeNull();
  });

  it("are not sent for what ended, and again when asked, every ten minutes", async () => {
    const { admin } = await makeTwo();
    const [kept, revoked] = [address(), address()];
    const id = await invite(admin, kept);
    const gone = await invite(admin, revoked);
    await revokeInvitation(admin, gone);
    expect(await sendWorkspaceInvitation(gone, randomUUID())).toBe("nothing");
    expect(await sendWorkspaceInvitation(missingId(), randomUUID())).toBe("nothing");
    await sendWorkspaceInvitation(id, randomUUID());
    await renewInvitation(admin, id);
    expect(await outcome(renewInvitation(admin, id))).toBe("rate_limited:");
    expect(await sendWorkspaceInvitation(id, randomUUID())).toBe("sent");
    expect(await mailsTo(kept)).toHaveLength(2);
  });

  it("over ten an hour from one person wait, and none is lost", async () => {
    const { admin } = await makeTwo();
    const emails = Array.from({ length: 12 }, address);
    await inviteMembers(admin, { emails, role: "member" });
    const ids = await Promise.all(emails.map(async (email) => (await due(email))[0]!.id));
    const results = await Promise.all(ids.map((id) => sendWorkspaceInvitation(id, randomUUID())));
    expect(results.filter((result) => result === "sent")).toHaveLength(10);
    const waiting = results.filter((result) => typeof result === "object");
    expect(waiting).toHaveLength(2);
    for (const { waitSeconds } of waiting) expect(waitSeconds).toBeLessThanOrEqual(3600);
    // an hour later
    await asOwner("DELETE FROM rate_windows WHERE key = $1", [`invitationMail:${admin.id}`]);
    forgetRefusal(`invitationMail:${admin.id}`);
    const later = await Promise.all(ids.map((id) => sendWorkspaceInvitation(id, randomUUID())));
    expect(later.filter((result) => result === "sent")).toHaveLength(2);
    for (const email of emails) expect(await mailsTo(email)).toHaveLength(1);
  });

  it("hold no name that pretends to be an address", async () => {
    const admin = await makePerson({ role: "admin", name: `https://evil.example/${word()}` });
    const email = address();
    await sendWorkspaceInvitation(await invite(admin, email), randomUUID());
    const [mail] = await mailsTo(email);
    expect(mail!.text).not.toContain("https://evil.example");
  });
});
