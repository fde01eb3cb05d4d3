import { studyJsonSchema } from '../../study/schema.js';
import type { Command } from '../command.js';

export const schemaCommand: Command = {
  name: 'schema',
  describe: 'Prints the JSON Schema of study files, for editors.',
  positionals: {},
  options: {},
  handle: (_, { stdout }) => {
    stdout.write(`${JSON.stringify(studyJsonSchema(), null, 2)}\n`);
    return Promise.resolve(0);
  },
};
