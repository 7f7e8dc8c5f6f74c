/** All cases. A new API is one more file here, and one more line in each list. */
import type { Case } from '../steps.ts';
import { metadataCases } from './03-metadata.ts';

export function allCases(_seed: number): readonly Case[] {
  return [...metadataCases];
}
