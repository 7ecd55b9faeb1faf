import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { bucketNameOf, nameOf, stackNameOf } from './naming.ts';

/** ARNs of what a stack may name, its own or another's: made of names that are known before anything is deployed. */
export interface Arns {
  stream(name: string): string;
  table(name: string): string;
  topic(name: string): string;
  /** Of a bucket, by the kit's name for it. */
  bucket(name: string): string;
  function(name: string): string;
  deliveryStream(name: string): string;
  logGroup(name: string): string;
  /** Of a domain of OpenSearch Service. */
  searchDomain(name: string): string;
  /** Of alarms: a `*` in the name stands for any. */
  alarm(name: string): string;
}

/** What things are called in an account, from what the kit calls them. */
export class Names {
  readonly #prefix: string;

  /** @param prefix with its dash */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** A stream, table, topic, function or delivery stream: `alice-wildrydes`. */
  of(name: string): string {
    return nameOf(this.#prefix, name);
  }

  /** A parameter of Systems Manager: `/wildrydes/alice-…`, since a name must not begin with aws or ssm. */
  parameter(name: string): string {
    return `/wildrydes/${this.of(name)}`;
  }

  /** A path in which a literal `${prefix}` stands for the prefix. */
  inPath(path: string): string {
    return path.replaceAll(`\${prefix}`, this.#prefix);
  }

  /** A stack: `alice-wildrydes-Streaming`. */
  stack(name: string): string {
    return stackNameOf(this.#prefix, name);
  }

  /** A bucket: all buckets of all accounts share one space of names, so that account and region follow. */
  bucket(stack: Stack, name: string): string {
    return bucketNameOf(this.#prefix, name, stack.account, stack.region);
  }

  /** What an account knows once for all its regions, a role or a dashboard of CloudWatch: the region follows. */
  inAllRegions(stack: Stack, name: string): string {
    return `${this.of(name)}-${stack.region}`;
  }

  arns(stack: Stack): Arns {
    const arn = (service: string, resource: string, resourceName: string, separator: '/' | ':' = '/') =>
      stack.formatArn({
        service,
        resource,
        resourceName,
        arnFormat: separator === '/' ? ArnFormat.SLASH_RESOURCE_NAME : ArnFormat.COLON_RESOURCE_NAME,
      });
    return {
      stream: (name) => arn('kinesis', 'stream', this.of(name)),
      table: (name) => arn('dynamodb', 'table', this.of(name)),
      topic: (name) => stack.formatArn({ service: 'sns', resource: this.of(name) }),
      bucket: (name) =>
        stack.formatArn({ service: 's3', region: '', account: '', resource: this.bucket(stack, name) }),
      function: (name) => arn('lambda', 'function', this.of(name), ':'),
      deliveryStream: (name) => arn('firehose', 'deliverystream', this.of(name)),
      logGroup: (name) => arn('logs', 'log-group', name, ':'),
      searchDomain: (name) => arn('es', 'domain', this.of(name)),
      alarm: (name) => arn('cloudwatch', 'alarm', this.of(name), ':'),
    };
  }
}

/** Namespace of what the functions count, in CloudWatch: one for each prefix, or forty people would see one sum. */
export function metricsNamespace(names: Names): string {
  return names.of('WildRydes');
}
