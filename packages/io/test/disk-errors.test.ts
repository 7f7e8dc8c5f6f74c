import { expect, test } from 'vitest';
import { diskError, syncError } from '../src/disk-errors.ts';

const noSpace = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

test('want of space is a full disk in a write, and a failed one in a sync', () => {
  expect(diskError('write', 'a', noSpace)).toMatchObject({ code: 'SKR_DISK_FULL', cause: noSpace });
  expect(syncError('sync', 'a', noSpace)).toMatchObject({ code: 'SKR_DISK_FAILED', cause: noSpace });
});
