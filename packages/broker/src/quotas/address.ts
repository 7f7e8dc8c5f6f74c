/**
 * One spelling for each numeric address, so that a quota binds whoever connects from it however it was written: dotted
 * quads for IPv4, also where IPv6 carries it (RFC 4291 section 2.5.5.2), eight groups for IPv6. Undefined for what is
 * no address; a host's name would have to be looked up.
 */
export function canonicalAddress(text: string): string | undefined {
  return text.includes(':') ? version6(text) : version4(text);
}

/** With fewer than four parts the last one holds the bytes that are left, as inet_aton has it. */
function version4(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^\d{1,10}$/.test(part))) return undefined;
  const leading = parts.slice(0, -1).map(Number);
  const last = Number(parts.at(-1));
  const lastBytes = 4 - leading.length;
  if (leading.some((byte) => byte > 255) || last >= 256 ** lastBytes) return undefined;
  const rest = Array.from({ length: lastBytes }, (_, i) => Math.floor(last / 256 ** (lastBytes - 1 - i)) % 256);
  return [...leading, ...rest].join('.');
}

function version6(text: string): string | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const [before, after] = [groupsOf(head, tail === undefined), groupsOf(tail ?? '', true)];
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  const [g5 = 0, high = 0, low = 0] = groups.slice(5);
  if (g5 === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  return groups.map((group) => group.toString(16)).join(':');
}

/** The 16-bit groups between colons; the last of all may be an IPv4 address, which is two. */
function groupsOf(text: string, isEnd: boolean): readonly number[] | undefined {
  const parts = text === '' ? [] : text.split(':');
  const quad = isEnd && parts.at(-1)?.includes('.') === true ? version4(parts.pop() ?? '') : '';
  if (quad === undefined || !parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = quad.split('.').map(Number);
  return [...parts.map((part) => Number.parseInt(part, 16)), ...(quad === '' ? [] : [a * 256 + b, c * 256 + d])];
}
