import { foreignSuite } from '../foreign.ts';
import { javaClient } from '../toolchains/java.ts';

await foreignSuite(javaClient);
