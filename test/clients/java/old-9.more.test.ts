import { foreignSuite } from '../foreign.ts';
import { oldJava9 } from '../toolchains/old-java.ts';

await foreignSuite(oldJava9);
