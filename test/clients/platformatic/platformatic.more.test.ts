import { foreignSuite } from '../foreign.ts';
import { platformatic } from '../toolchains/node.ts';

await foreignSuite(platformatic);
