/** A picture that is made for one visitor: nobody keeps it, and it runs nothing wherever it is opened. */
export const pictureResponse = (
  { webp }: { webp: Buffer },
  { setCookies }: { setCookies: string[] },
): Response =>
  new Response(new Uint8Array(webp), {
    headers: [
      ["content-type", "image/webp"],
      ["content-length", String(webp.byteLength)],
      ["content-security-policy", "sandbox"],
      ["content-disposition", "inline"],
      ["cross-origin-resource-policy", "same-origin"],
      ...setCookies.map((cookie): [string, string] => ["set-cookie", cookie]),
    ],
  });
