/** Says through the beacon on descriptor 3 that it computes case 42, and dies of it. */
import { closeSync } from 'node:fs';
import { mapFile } from '../../../src/ffi/map-file.js';
import { beaconBytes } from '../../../src/process/beacon/layout.js';
import { BeaconWriter } from '../../../src/process/beacon/writer.js';

const slot = new BeaconWriter(mapFile(3, beaconBytes(1))).slot(0);
closeSync(3);
slot.begin(42, 1);
slot.progress(0.5, 'half');
process.kill(process.pid, 'SIGKILL');
for (;;);
