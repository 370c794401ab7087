import { POST as unlock } from "#app/api/v1/share/[token]/unlock/route.ts";
import { formOf } from "#lib/http/form-post.ts";

export const unlockForm = formOf({
  name: "unlock-link",
  handler: unlock,
  keeps: ["name"],
  input: (fields) => ({
    params: { token: fields("token") },
    body: { password: fields("password"), name: fields("name") },
  }),
});
