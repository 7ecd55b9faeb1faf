import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnDomain } from 'aws-cdk-lib/aws-opensearchservice';
import { WildRydesError } from '../../telemetry/errors.ts';
import { GONE_WITH_STACK, type KitStack } from './kit-stack.ts';
import { suppress } from './nag.ts';
import { policyOn, type Reasoned } from './policy.ts';

/** The kit's name for its search domain. */
const NAME = 'wildrydes';

/** Source: https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainInfo.html */
const DOMAIN_NAME = { pattern: /^[a-z][a-z0-9-]{2,27}$/, longest: 28 } as const;

/** The smallest that there is: one node, whose disk is the smallest too. Why not serverless: docs/decisions/search-on-aws.md. */
const NODE = { instanceType: 't3.small.search', disk: 10 } as const;

/** The line that the kit's tests know: `start --search` runs it. Each later 2.x is taken in place of it without losing anything. */
const ENGINE = 'OpenSearch_2.19';

/** What the domain tells, each in a log of its own. Slow requests are told once an index says how slow that is. */
const LOGS = {
  ES_APPLICATION_LOGS: 'application-logs',
  SEARCH_SLOW_LOGS: 'search-slow-logs',
  INDEX_SLOW_LOGS: 'index-slow-logs',
} as const;

/** What is asked of a large domain, and why this one is without it. */
const UNLIKE_LARGE = [
  [
    'AwsSolutions-OS1',
    'in a VPC the functions would need one too, with endpoints that cost more than the domain; who may use it is decided by signed requests of three roles',
  ],
  [
    'AwsSolutions-OS3',
    "functions have no addresses of their own; the access policy names the indexers' roles, and requests are signed",
  ],
  [
    'AwsSolutions-OS4',
    'one node needs no masters of its own: all of it can be indexed anew from the stream and the table',
  ],
  [
    'AwsSolutions-OS7',
    'one node is in one zone: what a lost zone takes can be indexed anew from the stream and the table',
  ],
] as const;

/** Where functions write to, and what policies name. */
export interface SearchPlace {
  /** URL, without a slash at its end. */
  readonly endpoint: string;
  readonly arn: string;
}

/** A role, and what it may do in a domain. */
export interface Guest {
  readonly roleArn: string;
  readonly statements: readonly Reasoned[];
}

/** A domain of the kit's own, and who is let in besides those whose own policies say so. */
export interface SearchDomain extends SearchPlace {
  letIn(guests: readonly Guest[]): void;
}

/**
 * A domain of one small node: on the internet, as a domain outside of a VPC is, but for signed requests over TLS only.
 * Everything is encrypted with the service's key, on disk and between nodes, should there be more than one.
 *
 * @throws WildRydesError USAGE for a prefix with which it cannot be named
 */
export function searchDomain(stack: KitStack): SearchDomain {
  const domainName = nameFor(stack);
  const arn = stack.arns.searchDomain(NAME);
  const domain = new CfnDomain(stack, 'Domain', {
    domainName,
    engineVersion: ENGINE,
    clusterConfig: {
      instanceType: NODE.instanceType,
      instanceCount: 1,
      dedicatedMasterEnabled: false,
      zoneAwarenessEnabled: false,
      multiAzWithStandbyEnabled: false,
    },
    ebsOptions: { ebsEnabled: true, volumeType: 'gp3', volumeSize: NODE.disk },
    encryptionAtRestOptions: { enabled: true },
    nodeToNodeEncryptionOptions: { enabled: true },
    domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
    logPublishingOptions: logsOf(stack, domainName, arn),
  });
  domain.applyRemovalPolicy(GONE_WITH_STACK);
  for (const [rule, reason] of UNLIKE_LARGE) suppress(domain, rule, reason);
  // A later line takes over what is there, instead of a new domain with nothing in it.
  domain.cfnOptions.updatePolicy = { enableVersionUpgrade: true };
  return {
    endpoint: `https://${domain.attrDomainEndpoint}`,
    arn,
    letIn: (guests) => {
      const Statement = byStatement(guests).flatMap(
        ({ statement, AWS }) => policyOn(domain, { AWS }, [statement]).Statement,
      );
      domain.accessPolicies = { Version: '2012-10-17', Statement };
    },
  };
}

/** Each statement once, with the roles that it is for: what one of them alone needs is allowed to no other. */
function byStatement(guests: readonly Guest[]): { readonly statement: Reasoned; readonly AWS: string[] }[] {
  const found = new Map<string, { readonly statement: Reasoned; readonly AWS: string[] }>();
  for (const { roleArn, statements } of guests) {
    for (const statement of statements) {
      const key = [...statement.actions, ...statement.resources].join(' ');
      const known = found.get(key);
      if (known === undefined) found.set(key, { statement, AWS: [roleArn] });
      else known.AWS.push(roleArn);
    }
  }
  return [...found.values()];
}

function nameFor(stack: KitStack): string {
  const name = stack.names.of(NAME);
  if (DOMAIN_NAME.pattern.test(name)) return name;
  throw new WildRydesError(
    'USAGE',
    `a search domain's name must be of 3 to ${DOMAIN_NAME.longest} lower-case letters, digits and dashes, and begin with a letter (given ${name})`,
    { next: 'Choose another prefix, or name a search endpoint that exists.' },
  );
}

/**
 * Logs that let the domain write to them, each by its own policy: policies of the account are ten at most, so that forty
 * people would not find room, and those of log groups are one for each.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
 */
function logsOf(
  stack: KitStack,
  domainName: string,
  domainArn: string,
): Record<string, CfnDomain.LogPublishingOptionProperty> {
  const entries = Object.entries(LOGS).map(([type, log]) => {
    const logGroupName = `/aws/OpenSearchService/domains/${domainName}/${log}`;
    const group = new CfnLogGroup(stack, `Log-${log}`, {
      logGroupName,
      retentionInDays: stack.settings.logDays,
    });
    group.applyRemovalPolicy(GONE_WITH_STACK);
    group.resourcePolicyDocument = policyOn(
      group,
      { Service: 'es.amazonaws.com' },
      [
        {
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [`${stack.arns.logGroup(logGroupName)}:*`],
          reason: 'OpenSearch Service writes the log of this domain, and of no other',
        },
      ],
      domainArn,
    );
    return [type, { enabled: true, cloudWatchLogsLogGroupArn: group.attrArn }] as const;
  });
  return Object.fromEntries(entries);
}
