import { randomUUID } from 'node:crypto';
import { conflict, invalidParameter } from '../errors.ts';
import { createdConfiguration } from '../functions/configuration.ts';
import { FUNCTION_NAME, LONGEST_NAME, parseFunctionName } from '../functions/function-name.ts';
import { checkSettings, DEFAULTS, SETTINGS, settingsOf } from '../functions/settings.ts';
import type { FunctionRecord } from '../functions/stored-function.ts';
import { checkTags } from '../functions/tags.ts';
import { publishing } from '../functions/versions.ts';
import { logGroupName, VERSION } from '../identity.ts';
import { lambdaOperation } from '../operation.ts';
import { archiveOf, CODE } from './code.ts';

/**
 * Makes a function of an archive with a handler for Node.js. It can be invoked as soon as this is answered.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export const createFunction = lambdaOperation(
  201,
  {
    FunctionName: FUNCTION_NAME,
    ...SETTINGS,
    Role: { ...SETTINGS.Role, required: true },
    Code: { type: 'Structure', required: true, members: CODE },
    Architectures: { type: 'List', each: { type: 'String', oneOf: ['x86_64', 'arm64'] }, min: 1, max: 1 },
    PackageType: { type: 'String', oneOf: ['Zip', 'Image'] },
    Publish: { type: 'Boolean' },
    Tags: { type: 'Map' },
    CodeSigningConfigArn: { type: 'String' },
  },
  async (input, context) => {
    const name = parseFunctionName(input.FunctionName)?.name;
    if (name === undefined || name.length > LONGEST_NAME) {
      throw invalidParameter(
        `A function's name must have 1 to ${LONGEST_NAME} letters, digits, hyphens and underscores (given ${JSON.stringify(input.FunctionName)})`,
      );
    }
    const { Runtime, Handler, Code, Tags = {} } = input;
    if (input.PackageType === 'Image') {
      throw invalidParameter('The local Lambda does not offer container images.');
    }
    if (input.CodeSigningConfigArn)
      throw invalidParameter('The local Lambda does not offer CodeSigningConfigArn.');
    if (Runtime === undefined || Handler === undefined) {
      throw invalidParameter(
        'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
      );
    }
    checkSettings(input, context.roleTrust);
    checkTags(Object.entries(Tags));
    insistOnNew(context.functions.has(name), name);

    const archive = await archiveOf(Code, context.readObject);
    return context.functions.code.add(archive, ({ sha256, size }) => {
      // Another request may have been quicker while this one unpacked.
      insistOnNew(context.functions.has(name), name);
      const latest = {
        ...DEFAULTS,
        functionName: name,
        version: VERSION,
        architectures: input.Architectures ?? ['x86_64'],
        logGroup: logGroupName(name),
        ...settingsOf(input, name),
        codeSha256: sha256,
        codeSize: size,
        lastModified: context.clock.now(),
        revisionId: randomUUID(),
      } as FunctionRecord;
      const created = {
        latest,
        versions: [],
        lastVersion: 0,
        tags: Object.entries(Tags),
        policies: [],
        reservedConcurrency: null,
      };
      const published = input.Publish ? publishing(created, '', context.clock.now()) : undefined;
      context.functions.put(published?.changed ?? created);
      return createdConfiguration(published?.version ?? latest);
    });
  },
  'Runtimes are nodejs18.x to nodejs24.x, and all of them run on the Node.js that runs the cloud. Layers, container images, file systems, dead-letter queues, code signing and JSON logs are refused. VPC, KMS key, tracing, architecture and size of /tmp are told, and change nothing.',
);

function insistOnNew(exists: boolean, name: string): void {
  if (exists) throw conflict(`Function already exist: ${name}`);
}
