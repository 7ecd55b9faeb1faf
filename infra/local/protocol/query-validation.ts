import { ServiceError } from './errors.ts';
import type { Fields, QueryOperation } from './query-service.ts';
import { type Input, type Rule, type Shape, validate } from './validation.ts';

/**
 * An operation of the Query protocol from its validation and its action, as `jsonOperation` is for JSON. Lists are
 * `NAME.member.N`, structures `NAME.MEMBER`. What breaks a constraint is a ValidationError.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 *
 * @param act gives the XML inside `<OperationResult>`; '' for none
 * @param differs see Described
 */
export function queryOperation<C, const S extends Shape>(
  validation: S,
  act: (input: Input<S>, context: C) => string,
  differs?: string,
): QueryOperation<C> {
  const run: QueryOperation<C> = (fields, context) => act(validFields(validation, fields), context);
  return differs === undefined ? run : Object.assign(run, { differs });
}

function validFields<S extends Shape>(validation: S, fields: Fields): Input<S> {
  try {
    return validate(validation, structure(validation, fields, ''));
  } catch (error) {
    if (!(error instanceof ServiceError) || error.type !== 'ValidationException') throw error;
    throw new ServiceError('ValidationError', error.message);
  }
}

function structure(members: Shape, fields: Fields, prefix: string): Readonly<Record<string, unknown>> {
  const entries = Object.entries(members).map(([name, rule]) => [name, valueAt(rule, fields, prefix + name)]);
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

function valueAt(rule: Rule, fields: Fields, name: string): unknown {
  switch (rule.type) {
    case 'Structure':
      return isGiven(fields, `${name}.`) ? structure(rule.members, fields, `${name}.`) : undefined;
    case 'List':
      return list(rule, fields, name);
    case 'Integer':
      return scalar(fields, name, /^[+-]?\d{1,15}$/, Number);
    case 'Boolean':
      return scalar(fields, name, /^(?:true|false)$/i, (text) => text.toLowerCase() === 'true');
    default:
      return fields.get(name) ?? undefined;
  }
}

function list(rule: Extract<Rule, { type: 'List' }>, fields: Fields, name: string): unknown[] | undefined {
  const elements: unknown[] = [];
  // One more than allowed is enough to refuse it.
  for (let n = 1; n <= (rule.max ?? 1_000) + 1; n++) {
    const value = valueAt(rule.each, fields, `${name}.member.${n}`);
    if (value === undefined) break;
    elements.push(value);
  }
  return elements.length > 0 || fields.has(name) ? elements : undefined;
}

function scalar<T>(fields: Fields, name: string, form: RegExp, read: (text: string) => T): T | undefined {
  const text = fields.get(name);
  if (text === null) return undefined;
  if (!form.test(text)) throw new ServiceError('MalformedInput', `${name} cannot be '${text}'.`);
  return read(text);
}

function isGiven(fields: Fields, prefix: string): boolean {
  for (const name of fields.keys()) if (name.startsWith(prefix)) return true;
  return false;
}
