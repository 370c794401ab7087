import { hash, verify } from "@node-rs/argon2";

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 25 ms here. */
export const hashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash of no password, with the same parameters. It is checked where an address has no account. */
const nobodysHash =
  "$argon2id$v=19$m=19456,t=2,p=1$jWCEnex51kk4GNnR72qGcQ$+n4IjJvgrBsXngbX0ROgVMmH7Y/z1PacTASAqqaib9E";

/** Systems send the same password composed or decomposed. */
const normalized = (password: string) => password.normalize("NFC");

/** Hashes with a random salt unless one is given. */
export const hashPassword = (password: string, salt?: Uint8Array): Promise<string> =>
  hash(normalized(password), { ...hashParameters, salt });

/** Whether the password is right. Always costs one hash, also where there is nothing to compare with. */
export async function isPasswordRight(passwordHash: string | null | undefined, password: string) {
  const isRight = await verify(passwordHash ?? nobodysHash, normalized(password));
  return isRight && Boolean(passwordHash);
}
