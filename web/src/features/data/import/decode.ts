export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Bytes that are looked at for the zeros that UTF-16 has in every other place. */
const LOOKED_AT = 2000;

export function decode(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** The encoding that bytes are in: as they say themselves, else the first that they are valid in. */
export function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const looked = bytes.subarray(0, LOOKED_AT);
  const half = looked.length / 2;
  if (zerosAt(looked, 1) > half / 2) return 'utf-16le';
  if (zerosAt(looked, 0) > half / 2) return 'utf-16be';
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

function zerosAt(bytes: Uint8Array, parity: number) {
  return bytes.filter((byte, place) => byte === 0 && place % 2 === parity).length;
}

function isUtf8(bytes: Uint8Array) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
