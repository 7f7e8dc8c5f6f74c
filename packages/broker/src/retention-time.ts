import { crc32c, OperatingError, type Store, type StoreChange, utf8Encode } from '@skerry/base';
import type { RetentionTime } from '@skerry/log';

/** Where the store keeps the retention clock: its value, the wall clock when that held, and their CRC-32C. */
const key = utf8Encode('retention-clock');
const valueBytes = 20;

/** The clock as it was last saved; undefined if it never was, or is damaged. */
export function readRetentionTime(store: Store): RetentionTime | undefined {
  let value: Uint8Array | undefined;
  try {
    value = store.get(key);
  } catch (error) {
    if (!(error instanceof OperatingError) || error.code !== 'SKR_DATA_CORRUPT') throw error;
  }
  if (value?.length !== valueBytes) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, valueBytes);
  if (view.getUint32(16) !== crc32c(value, 0, 16)) return undefined;
  return { retentionMs: view.getFloat64(0), wallMs: view.getFloat64(8) };
}

export function retentionTimeChange({ retentionMs, wallMs }: RetentionTime): StoreChange {
  const value = new Uint8Array(valueBytes);
  const view = new DataView(value.buffer);
  view.setFloat64(0, retentionMs);
  view.setFloat64(8, wallMs);
  view.setUint32(16, crc32c(value, 0, 16));
  return { key, value };
}
