import type { Protection } from './protection.ts';

/** Those of a search server that is brought up here. */
export const OPENSEARCH_PROTECTIONS: readonly Protection[] = [
  {
    name: 'a search server whose port somebody else took goes to the next one',
    file: 'infra/search/server.ts',
    text: "      if (!(error instanceof WildRydesError && error.code === 'PORT_TAKEN')) throw error;\n      from = port + 1;\n",
    without: '      from = port + 1;\n      throw error;\n',
    test: {
      file: 'infra/search/server.test.ts',
      name: 'whose port somebody else took meanwhile goes to the next one',
    },
  },
  {
    name: 'a search server that does not end is killed',
    file: 'infra/search/server.ts',
    text: "    () => void child.kill('SIGKILL'),\n",
    without: '    () => {},\n',
    test: { file: 'infra/search/server.test.ts', name: 'that does not end when it is asked to is killed' },
  },
  {
    name: 'a search server that is given up while it starts is ended',
    file: 'infra/search/server.ts',
    text: '    await close();\n    if (signal?.aborted)',
    without: '    if (signal?.aborted)',
    test: { file: 'infra/search/server.test.ts', name: 'that is given up while it starts is ended' },
  },
  {
    name: 'packages that have gone are got again',
    file: 'infra/search/install.ts',
    text: "classPath !== '' && classPath.split(delimiter).every(existsSync)",
    without: "classPath !== ''",
    test: { file: 'infra/search/install.test.ts', name: 'are got again when one has gone' },
  },
];
