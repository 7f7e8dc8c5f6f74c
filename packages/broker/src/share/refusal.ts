import type { ErrorName } from '@skerry/wire';
import type { Context } from '../context.ts';

/** Why a client is not served with a share group, if so: the feature is off, or the client may not read with it. */
export function shareRefusal(groupId: string, context: Context): ErrorName | undefined {
  if (context.catalog.features.level('share.version') === 0) return 'UNSUPPORTED_VERSION';
  return context.allowed('read', 'group', groupId) ? undefined : 'GROUP_AUTHORIZATION_FAILED';
}
