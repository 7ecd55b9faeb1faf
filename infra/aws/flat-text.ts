/**
 * A value of a template on one line, with `<…>` where CloudFormation puts something in: `arn:<AWS::Partition>:s3:::x/*`.
 *
 * @param value as `Stack.resolve` gives it
 */
export function flatText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${(value['Fn::GetAtt'] as readonly string[]).join('.')}>`;
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, readonly unknown[]];
    return parts.map(flatText).join(separator);
  }
  if ('Fn::Sub' in value && typeof value['Fn::Sub'] === 'string') {
    return value['Fn::Sub'].replace(/\$\{([^}]+)\}/g, '<$1>');
  }
  throw new Error(`no text for ${JSON.stringify(value)}`);
}
