import { foreignSuite } from '../foreign.ts';
import { oldJava8 } from '../toolchains/old-java.ts';

await foreignSuite(oldJava8);
