import type { Protection } from './protection.ts';

const FILES = 'processor/files';
const OBJECTS = 'processor/objects';

/** Of the function that loads uploaded files. */
export const FILE_PROTECTIONS: readonly Protection[] = [
  {
    name: 'a batch of lines is written before the next one is begun',
    file: `${FILES}/file.ts`,
    text: '    await underWay;\n    underWay = batch.settle(places, effort);\n',
    without: '    underWay = Promise.all([underWay, batch.settle(places, effort)]).then(() => {});\n',
    test: { file: `${FILES}/file.test.ts`, name: 'wherever it is cut, plain or gzip' },
  },
  {
    name: 'a reading is not put over a summary',
    file: `${FILES}/line-record.ts`,
    text: 'yields: instant % WINDOW.size === 0 }',
    without: 'yields: instant < 0 }',
    test: { file: `${FILES}/file.test.ts`, name: 'wherever it is cut, plain or gzip' },
  },
  {
    name: 'a body that ends early is no whole object',
    file: `${OBJECTS}/object-body.ts`,
    text: '      if (read === bytes) return;\n',
    without: '      if (read <= bytes) return;\n',
    test: {
      file: `${OBJECTS}/object-body.test.ts`,
      name: 'is read once from its first byte to its last',
    },
  },
  {
    name: 'a body that breaks off is taken up where it stopped',
    file: `${OBJECTS}/object-body.ts`,
    text: '    answer = await askFrom(read);\n',
    without: '    answer = await askFrom(0);\n',
    test: {
      file: `${OBJECTS}/object-body.test.ts`,
      name: 'is read once from its first byte to its last',
    },
  },
  {
    name: 'a body that is silent is taken up elsewhere',
    file: `${OBJECTS}/object-body.ts`,
    text: 'await Promise.race([next, silence(signal, limit, next)])',
    without: 'await next',
    test: {
      file: `${OBJECTS}/object-body.test.ts`,
      name: 'tells of a connection that is cut, and of one that is silent',
    },
  },
  {
    name: 'an object that was replaced is not loaded for the one before it',
    file: `${OBJECTS}/object-body.ts`,
    text: '...(etag === undefined ?',
    without: '...(etag !== null ?',
    test: {
      file: `${OBJECTS}/object-body.test.ts`,
      name: 'that was replaced or deleted before is told as such',
    },
  },
  {
    name: 'the rest of a body is of the same version as its beginning',
    file: `${OBJECTS}/object-body.ts`,
    text: "    ...(ETag === '' ? {} : { IfMatch: ETag }),\n",
    without: '',
    test: {
      file: `${OBJECTS}/object-body.test.ts`,
      name: 'is not mixed with that of an object which replaced it',
    },
  },
  {
    name: 'a file of more than one gzip member is read to its end',
    file: `${OBJECTS}/gzip.ts`,
    text: '    } while (!(await input.isAtEnd()));\n',
    without: '    } while (Math.random() < 0);\n',
    test: {
      file: `${OBJECTS}/gzip.test.ts`,
      name: 'is read wherever it is cut, however many members it has',
    },
  },
  {
    name: 'what a damaged gzip file held before the damage is loaded',
    file: `${FILES}/file.ts`,
    text: '(!(error instanceof UnreadableFile) && !(error instanceof DamagedGzip)) throw',
    without: '(!(error instanceof UnreadableFile)) throw',
    test: {
      file: `${FILES}/logic.test.ts`,
      name: 'is loaded as far as it goes, and its damage is one entry',
    },
  },
  {
    name: 'what was read of an object that is replaced meanwhile is brought to its end',
    file: `${FILES}/file.ts`,
    text: '      if (error instanceof ObjectGone) gone = error;\n      else if',
    without: '      if',
    test: {
      file: `${FILES}/logic.test.ts`,
      name: 'brings to its end what was read of a file that was replaced',
    },
  },
  {
    name: 'what is put into quarantine is not loaded in turn',
    file: `${FILES}/logic.ts`,
    text: 'if (bucket === options.quarantineBucket &&',
    without: 'if (bucket === undefined &&',
    test: { file: `${FILES}/logic.test.ts`, name: 'never loads what it has put into quarantine itself' },
  },
  {
    name: 'a line without an end is not held whole',
    file: `${OBJECTS}/lines.ts`,
    text: 'if (this.#length <= longest + BYTE_ORDER_MARK.length + 1)',
    without: 'if (this.#length > 0)',
    test: {
      file: `${OBJECTS}/lines.test.ts`,
      name: 'that never end take no more memory than is kept of them',
    },
  },
  {
    name: 'a line that the table refuses is kept with its number',
    file: `${FILES}/file.ts`,
    text: "      if (verdict.outcome === 'refused') refused.push({ ...line, reason: verdict.reason });\n      else if",
    without: '      if',
    test: { file: `${FILES}/logic.test.ts`, name: 'is told with where all of its lines are' },
  },
  {
    name: 'a file that the table did not take whole comes again',
    file: `${FILES}/file.ts`,
    text: "if (verdict.outcome === 'failed') throw",
    without: 'if (Math.random() < 0) throw',
    test: { file: `${FILES}/logic.test.ts`, name: 'fails with the lines that are done' },
  },
];
