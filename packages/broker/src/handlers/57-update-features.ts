import {
  type ErrorName,
  errorCode,
  type UpdateFeaturesRequest,
  type UpdateFeaturesResponseInput,
  updateFeaturesRequest,
  updateFeaturesResponse,
} from '@skerry/wire';
import type { Context } from '../context.ts';
import { type FeatureName, newestLevel } from '../features.ts';
import type { Handler } from '../handler.ts';

type Update = UpdateFeaturesRequest['featureUpdates'][number];

/** How a feature may change: up, or down with the client's word that it knows what that costs. */
const upgradeTypes = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const;

/**
 * UpdateFeatures, v0-v2: has the cluster use a newer, or an older, form of something (KIP-584).
 *
 * - All that is named changes, or nothing: what is wrong with one is INVALID_UPDATE_VERSION for the request.
 * - Answered once the change is in the metadata log and in effect.
 * - Features that this broker does not have are unknown to it, `metadata.version` too.
 */
export const updateFeatures: Handler<UpdateFeaturesRequest, UpdateFeaturesResponseInput> = {
  request: updateFeaturesRequest,
  response: updateFeaturesResponse,
  versions: [0, 2],

  handle(request, context, reply) {
    const refuse = (error: ErrorName): void => reply(this.refuse(request, error, context.apiVersion));
    if (!context.allowed('alter', 'cluster', 'kafka-cluster')) return refuse('CLUSTER_AUTHORIZATION_FAILED');
    const levels = new Map<string, number>();
    for (const update of request.featureUpdates) {
      const fault = faultOf(update, context);
      if (fault !== undefined) {
        const errorMessage = `Nothing was changed, for ${update.feature}: ${fault}`;
        return reply({ errorCode: errorCode('INVALID_UPDATE_VERSION'), errorMessage });
      }
      levels.set(update.feature, update.maxVersionLevel);
    }
    if (context.readOnly !== undefined) return refuse('KAFKA_STORAGE_ERROR');
    const results = [...levels.keys()].map((feature) => ({ feature, errorCode: 0, errorMessage: null }));
    if (levels.size === 0 || request.validateOnly) return reply({ errorMessage: null, results });
    context.cluster.updateFeatures(levels, (error) => {
      if (error !== undefined) return refuse(error);
      reply({ errorMessage: null, results });
    });
  },

  refuse: (_request, error) => ({ errorCode: errorCode(error), errorMessage: null }),
};

/** Why a feature cannot come to the level asked for, if so. */
function faultOf(update: Update, { apiVersion, catalog }: Context): string | undefined {
  const { feature, maxVersionLevel: level } = update;
  const oldType = update.allowDowngrade ? upgradeTypes.safeDowngrade : upgradeTypes.upgrade;
  const upgradeType = apiVersion === 0 ? oldType : update.upgradeType;
  const newest = newestLevel(feature);
  if (newest === undefined) return 'there is no such feature here.';
  if (!Object.values<number>(upgradeTypes).includes(upgradeType)) return `there is no upgrade type ${upgradeType}.`;
  if (level < 0 || level > newest) return `level ${level} is not one of 0 to ${newest}.`;
  const now = catalog.features.level(feature as FeatureName);
  if (level < now && upgradeType === upgradeTypes.upgrade) return `level ${level} is a downgrade from ${now}.`;
  if (level > now && upgradeType !== upgradeTypes.upgrade) return `level ${level} is no downgrade from ${now}.`;
  return undefined;
}
