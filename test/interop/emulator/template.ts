/** A CloudFormation template as aws-cdk-lib synthesizes it: what is written here and what is deployed are one object. */
export interface Template {
  readonly Description?: string;
  readonly Parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, Output>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: 'Delete' | 'Retain' | 'RetainExceptOnCreate';
  readonly UpdateReplacePolicy?: 'Delete' | 'Retain';
}

export interface Output {
  readonly Value: unknown;
  readonly Export?: { readonly Name: unknown };
  readonly Condition?: string;
}

export const ref = (logicalId: string) => ({ Ref: logicalId });

export const getAtt = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });

export const importValue = (name: string) => ({ 'Fn::ImportValue': name });

/** Strings and intrinsic functions, one after another. */
export const join = (...parts: readonly unknown[]) => ({ 'Fn::Join': ['', parts] });

export const sub = (text: string) => ({ 'Fn::Sub': text });

/** `arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME` of this account and region. */
export const arn = (service: string, name: unknown) =>
  join(
    'arn:',
    ref('AWS::Partition'),
    `:${service}:`,
    ref('AWS::Region'),
    ':',
    ref('AWS::AccountId'),
    ':',
    name,
  );

/** As removalPolicy DESTROY sets it. */
export const DESTROYED = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' } as const;

/** A role that a service assumes, with statements of its own inline, as CDK writes a role with `inlinePolicies`. */
export function role(service: string, statements: readonly Statement[] = []): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
      },
      Policies: statements.length === 0 ? [] : [{ PolicyName: 'least', PolicyDocument: policy(statements) }],
    },
  };
}

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

export const policy = (statements: readonly Statement[]) => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
});

/** Where a function's zip lies. */
export interface Code {
  readonly S3Bucket: string;
  readonly S3Key: string;
}
