import type { Protection } from './protection.ts';

const FLINK = 'infra/flink';
const PROCESS = `${FLINK}/process.ts`;
const PROCESS_TEST = `${FLINK}/process.test.ts`;
const JOB_TEST = `${FLINK}/job.test.ts`;
const ENGINE = 'infra/aggregation-engine.ts';
const ENGINE_TEST = 'infra/aggregation-engine.test.ts';

/** What keeps the aggregation going, in Flink, and its state from the other engine. */
export const FLINK_PROTECTIONS: readonly Protection[] = [
  {
    name: 'a Flink process that ends by itself is followed by another',
    file: PROCESS,
    text: '    else this.#restart(error, started);\n',
    without: '    else this.#giveUp(error);\n',
    test: { file: PROCESS_TEST, name: 'has three followers in ten minutes, and no fourth' },
  },
  {
    name: 'a Flink process that ends again and again is given up',
    file: PROCESS,
    text: '    if (this.#ends.length > RESTARTS.most) this.#giveUp(error);\n',
    without: '    if (this.#ends.length > 1e9) this.#giveUp(error);\n',
    test: { file: PROCESS_TEST, name: 'has three followers in ten minutes, and no fourth' },
  },
  {
    name: 'a call that a Flink process took with it is put to the next one',
    file: PROCESS,
    text: '        if (host === this.#host) throw error;\n',
    without: '        throw error;\n',
    test: { file: PROCESS_TEST, name: 'takes no call with it' },
  },
  {
    name: 'a stop waits for a Flink process that is just starting, so that it ends in good order',
    file: PROCESS,
    text: '      await this.#ready.catch(() => {}); // it is stopped, whatever it came to\n',
    without: '',
    test: { file: PROCESS_TEST, name: 'waits for a follower to start' },
  },
  {
    name: 'a Flink process that does not stop is killed',
    file: PROCESS,
    text: '      late = true;\n      void this.#host.kill();\n',
    without: '      late = true;\n',
    test: { file: PROCESS_TEST, name: 'for which the stop takes too long kills it' },
  },
  {
    name: 'of a Flink process that starts and cannot go on nothing is left',
    file: PROCESS,
    text: '    void this.#host.kill();\n    this.#broken(error);\n',
    without: '    this.#broken(error);\n',
    test: { file: PROCESS_TEST, name: 'with a state that the next one cannot use' },
  },
  {
    name: 'what Java says on standard output is no answer, and does not end the cloud',
    file: `${FLINK}/host.ts`,
    text: '  } catch {\n    return undefined;\n  }\n',
    without: '  } catch (error) {\n    throw error;\n  }\n',
    test: { file: `${FLINK}/host.test.ts`, name: 'is told of, with its last words' },
  },
  {
    name: 'a build of the job leaves alone what another cloud runs',
    file: `${FLINK}/job.ts`,
    text: '    if (built < Date.now() - KEPT) rmSync(',
    without: '    if (built > 0) rmSync(',
    test: { file: JOB_TEST, name: 'beside what a cloud may run still' },
  },
  {
    name: 'a build of the job leaves alone what another process was quicker to build',
    file: `${FLINK}/job.ts`,
    text: '    if (readClassPath(target) === undefined) {\n',
    without: '    if (target !== building) {\n',
    test: { file: JOB_TEST, name: 'that another process has built meanwhile' },
  },
  {
    name: 'an engine refuses the state of the other, of which it would write again what is written',
    file: ENGINE,
    text: 'if (engine === this.#options.name || !existsSync(join(folder, name + suffix))) continue;',
    without: 'if (engine !== suffix) continue;',
    test: { file: ENGINE_TEST, name: 'and what was made to run is ended' },
  },
  {
    name: 'what was made to run an application whose state is refused is ended with the cloud',
    file: ENGINE,
    text: '    const checkpoint = this.#checkpoint(this.#options.folder, OWN_CHECKPOINT);\n    const thread = this.#spare ?? this.#options.make();\n    this.#spare = undefined;\n',
    without:
      '    const thread = this.#spare ?? this.#options.make();\n    this.#spare = undefined;\n    const checkpoint = this.#checkpoint(this.#options.folder, OWN_CHECKPOINT);\n',
    test: { file: ENGINE_TEST, name: 'and what was made to run is ended' },
  },
  {
    name: 'the pipeline does not go on with an application that somebody made in its place, and write its summaries again',
    file: ENGINE,
    text: '    if (existsSync(this.#folderOf(application))) {\n',
    without: '    if (existsSync(this.#folderOf({ ...application, createdAt: 0 }))) {\n',
    test: { file: ENGINE_TEST, name: 'is not taken over by the pipeline' },
  },
  {
    name: 'what the pipeline has begun, nobody goes on with in an empty cloud, and writes it again',
    file: ENGINE,
    text: '    if (existsSync(this.#folderOf(application)) || !this.#hasOwnState()) return undefined;\n',
    without: '    if (existsSync(this.#folderOf(application)) || this.#hasOwnState()) return undefined;\n',
    test: { file: ENGINE_TEST, name: 'where the pipeline’s does not' },
  },
];
