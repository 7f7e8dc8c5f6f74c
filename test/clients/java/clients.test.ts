import { foreignSuite } from '../foreign.ts';
import { javaClient, javaClientVersion } from '../toolchains.ts';

await foreignSuite(`Java kafka-clients ${javaClientVersion}`, await javaClient());
