/** Requests about settings, in a tester's words. */
import type { RawClient } from '@skerry/testkit';
import {
  alterConfigsRequest,
  alterConfigsResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  errorName,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@skerry/wire';

export const set = 0;
export const remove = 1;
export const append = 2;
export const subtract = 3;

export type Operation = readonly [name: string, operation: number, value: string | null];
export type Resource = readonly [type: number, name: string, operations: readonly Operation[]];

/** The error of each resource. */
export function alter(client: RawClient, resources: readonly Resource[], validateOnly = false, version = 1): string[] {
  const value = {
    resources: resources.map(([resourceType, resourceName, operations]) => ({
      resourceType,
      resourceName,
      configs: operations.map(([name, configOperation, given]) => ({ name, configOperation, value: given })),
    })),
    validateOnly,
  };
  const { responses } = client.ask(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, version, value);
  return responses.map(({ errorCode }) => errorName(errorCode));
}

/** As {@link alter}, in place of all that there was. */
export function replace(
  client: RawClient,
  resources: readonly (readonly [type: number, name: string, configs: Readonly<Record<string, string | null>>])[],
  validateOnly = false,
  version = 2,
): string[] {
  const value = {
    resources: resources.map(([resourceType, resourceName, configs]) => ({
      resourceType,
      resourceName,
      configs: Object.entries(configs).map(([name, given]) => ({ name, value: given })),
    })),
    validateOnly,
  };
  const { responses } = client.ask(alterConfigsRequest, alterConfigsResponse, version, value);
  return responses.map(({ errorCode }) => errorName(errorCode));
}

/** A setting as it is told, or undefined. */
export function described(client: RawClient, resourceType: number, resourceName: string, name: string) {
  const resources = [{ resourceType, resourceName, configurationKeys: [name] }];
  const value = { resources, includeSynonyms: true, includeDocumentation: true };
  const { results } = client.ask(describeConfigsRequest, describeConfigsResponse, 4, value);
  return results[0]?.configs[0];
}
