import { redirect } from "next/navigation";
import { linkPath } from "#components/link-page/addresses.ts";

/** The short address of a public link. */
export default async function ShortLink({ params }: { params: Promise<{ token: string }> }): Promise<never> {
  redirect(linkPath(decodeURIComponent((await params).token)));
}
