import { AppError } from "#lib/errors/index.ts";
import { countCall, returnCall } from "#lib/rate-limit/index.ts";

const window = (most: number, windowSeconds: number) =>
  ({ most, windowSeconds, per: "address", isShared: true }) as const;

/** Of one network at one link; at all links; and of all networks at one link: 2,880 a day, however many take part. */
const ofNetworkAtLink = { name: "linkGuess", limit: window(10, 900) };
const ofNetwork = { name: "linkGuess:network", limit: window(30, 900) };
const atLink = { name: "linkGuess:link", limit: window(120, 3600) };

/**
 * Counts one guess at a link's password; throws `rate_limited` when it is one too many, and other links stay as open as they
 * were. Charge it before the password is hashed. What it answers gives the guess back: that it was none.
 */
export async function guessing(linkId: string, network: string): Promise<() => Promise<void>> {
  const charges = [
    [ofNetworkAtLink, `${linkId}:${network}`],
    [ofNetwork, network],
    // last: what one network has too many of is not to use up what all have
    [atLink, linkId],
  ] as const;
  try {
    for (const [limit, who] of charges) await countCall(limit, who);
  } catch (error) {
    throw error instanceof AppError && error.code === "rate_limited" ? tooMany(error) : error;
  }
  return async () => {
    for (const [limit, who] of charges) await returnCall(limit, who);
  };
}

function tooMany({ details: { retryAfterSeconds = 60 } }: AppError): AppError {
  const minutes = Math.ceil(retryAfterSeconds / 60);
  return new AppError("rate_limited", "Too many guesses", {
    reason: "link_guesses",
    retryAfterSeconds,
    minutes,
  });
}
