import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { KinesisAnalyticsV2Client } from '@aws-sdk/client-kinesis-analytics-v2';
import { S3Client } from '@aws-sdk/client-s3';
import { AlreadyThere, ApplicationControl } from '../../aggregation/control/control.ts';
import { emptyBucket } from '../../infra/aws/account/bucket.ts';
import { cdkCommand, insistOnCdk, runCdk } from '../../infra/aws/account/cdk.ts';
import { placeOf, regionOf } from '../../infra/aws/account/place.ts';
import { remainsOf } from '../../infra/aws/account/remains.ts';
import {
  bootstrapVersion,
  deployedStacks,
  leftByDeletion,
  resourcesOf,
} from '../../infra/aws/account/stacks.ts';
import { builtJar, JAR_JAVA } from '../../infra/flink/jar.ts';
import { findJava } from '../../infra/java/java.ts';
import { insistOnMaven } from '../../infra/java/maven.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import { type ClientConfig, clientConfig, type Target } from '../../infra/target.ts';
import { pause } from '../../stream/backoff.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { saysYes } from '../control/confirm.ts';
import { asTyped } from '../hints.ts';
import { coloursFor, grouped, printable } from '../terminal.ts';
import type { Account, Person, Tools, World } from './world.ts';

/** Milliseconds that the application is waited for at most: a start loads its state. */
const PATIENCE = 900_000;

/** Objects between two words of how far a bucket is. */
const STEP = 10_000;

/** The world as it is: AWS, or what speaks as it does, the CDK that is installed, and this terminal. */
export function realWorld(target: Target, prefix: string, json: boolean, signal: AbortSignal): World {
  const person = personHere(json);
  return { account: accountAt(target, prefix), tools: toolsFor(target, person, signal), person, signal };
}

function accountAt(target: Target, prefix: string): Account {
  const config = clientConfig(target);
  const asking = <T>(region: string, ask: (client: CloudFormationClient) => Promise<T>) =>
    using(new CloudFormationClient({ ...config, region }), ask);
  return {
    region: () => regionOf(config),
    place: (region) => placeOf(config, region),
    bootstrapVersion: (region) => asking(region, bootstrapVersion),
    stacks: (region) => asking(region, (client) => deployedStacks(client, prefix)),
    resources: (region, stack) => asking(region, (client) => resourcesOf(client, stack)),
    leftByDeletion: (region) => asking(region, (client) => leftByDeletion(client, prefix)),
    remains: (place) => remainsOf(prefix, place, { ...config, region: place.region }),
  };
}

function toolsFor(target: Target, person: Person, signal: AbortSignal): Tools {
  const config = clientConfig(target);
  return {
    insistOnCdk: () => insistOnCdk(),
    insistOnJava: async () => {
      await findJava(JAR_JAVA);
      await insistOnMaven(JAR_JAVA);
    },
    jar: () => builtJar({ folder: join(defaultStateFolder(), 'jars'), progress: person.tell, signal }),
    cdk: (request) => {
      const colours = coloursFor(process.stderr, process.env).level > 0;
      return runCdk(cdkCommand({ ...request, target, colours }, process.env), signal);
    },
    startAggregation: (region, application) =>
      controlling({ ...config, region }, application, person, signal, (control) =>
        control.start({ from: 'latest' }, false),
      ),
    stopAggregation: async (region, application) => {
      try {
        await controlling({ ...config, region }, application, person, signal, (control) =>
          control.stop(true),
        );
      } catch (error) {
        if (!(error instanceof WildRydesError && error.code === 'NOT_FOUND')) throw error;
      }
    },
    emptyBucket: (region, bucket) => {
      let told = 0;
      const s3 = new S3Client({ ...config, region, forcePathStyle: target.endpoint !== undefined });
      return using(s3, (client) =>
        emptyBucket(
          client,
          bucket,
          ({ objects }) => {
            if (objects < told + STEP) return;
            told = objects;
            person.tell(`bucket ${bucket}: ${grouped(objects)} objects so far`);
          },
          signal,
        ),
      );
    },
  };
}

/** Starts or stops the application. What it is asked for and is already needs nothing. */
async function controlling(
  config: ClientConfig,
  application: string,
  person: Person,
  signal: AbortSignal,
  act: (control: ApplicationControl) => Promise<unknown>,
): Promise<void> {
  const progress = (line: string) => person.tell(`${application}: ${line}`);
  await using(new KinesisAnalyticsV2Client(config), async (client) => {
    const waiting = { clock: systemClock, pause, patience: PATIENCE, progress, signal };
    try {
      await act(new ApplicationControl(client, application, waiting));
    } catch (error) {
      if (error instanceof AlreadyThere) return;
      throw error;
    }
  });
}

async function using<Client extends { destroy(): void }, T>(
  client: Client,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

function personHere(json: boolean): Person {
  return {
    answers: process.stdin.isTTY === true && process.stderr.isTTY === true,
    saysYes: (question) => saysYes(question, { input: process.stdin, output: process.stderr }),
    tell: (line) => void process.stderr.write(`${asTyped(printable(line))}\n`),
    print: (value, lines) =>
      void process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${asTyped(lines.join('\n'))}\n`),
  };
}
