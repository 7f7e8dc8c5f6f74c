import { foreignSuite } from '../foreign.ts';
import { javaClient28 } from '../toolchains/java.ts';
import { notInThisClient } from './older.ts';

await foreignSuite(javaClient28);
notInThisClient('CasesSince39.java', 'CasesSince44.java', 'ConsumerGroupCases.java', 'ShareGroupCases.java');
