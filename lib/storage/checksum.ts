/** The header that carries an upload's digest, base64, on both drivers. */
export const CHECKSUM_HEADER = "x-amz-checksum-sha256";

export const hexToBase64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
export const base64ToHex = (base64: string): string => Buffer.from(base64, "base64").toString("hex");
