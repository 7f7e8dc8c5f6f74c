import { foreignSuite } from '../foreign.ts';
import { oldJava10 } from '../toolchains/old-java.ts';

await foreignSuite(oldJava10);
