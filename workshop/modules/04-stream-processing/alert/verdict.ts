import { type Shortfall, wrong } from '../../../finding.ts';
import { type Case, DEEP } from './cases.ts';
import type { Fed } from './fed.ts';

/** Are all alerts there that must be? Then nothing more needs to be waited for. */
export function areAllThere(
  cases: readonly Case[],
  texts: readonly string[],
  nameOf: (unicorn: string) => string,
): boolean {
  return cases.every(({ unicorns, alerts }) =>
    unicorns.every((unicorn) => alertsOf(texts, nameOf(unicorn)) >= alerts),
  );
}

/**
 * Alerts that name a unicorn: whatever their form, and whoever else is in them. What has `recover` in it is a message
 * about a recovery.
 */
export function alertsOf(texts: readonly string[], name: string): number {
  return texts.map(unescaped).filter((text) => text.includes(name) && !/recover/i.test(text)).length;
}

/** JSON may write any character by its number. */
function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** @throws Unmet for the first case that is not as it must be */
export function judge(
  cases: readonly Case[],
  fed: Fed,
  topic: { readonly name: string; readonly arn: string },
  variables: Readonly<Record<string, string>>,
  texts: readonly string[],
  nameOf: (unicorn: string) => string,
): void {
  const count = (unicorn: string) => alertsOf(texts, nameOf(unicorn));
  if (cases.every(({ unicorns }) => unicorns.every((unicorn) => count(unicorn) === 0))) {
    throw wrong(nothingOf(fed, topic, variables, texts));
  }
  for (const { unicorns, sent, alerts, fewer, more, next } of cases) {
    for (const unicorn of unicorns) {
      const counted = count(unicorn);
      if (counted === alerts) continue;
      const unusual =
        counted > alerts ? more : count(DEEP.unicorns[0] ?? '') > 0 && fewer ? fewer : 'no alert';
      throw wrong({
        looked: `the topic ${topic.name}, after ${sent} (${fed.kind} of ${nameOf(unicorn)})`,
        found: `${unusual} (${counted} in all)`,
        expected: EXPECTED[alerts],
        next,
      });
    }
  }
}

const EXPECTED = { 0: 'no alert', 1: 'one alert', 2: 'two alerts' } as const satisfies Record<
  Case['alerts'],
  string
>;

/** Why not one message names a unicorn of the check. */
function nothingOf(
  { functionName }: Fed,
  topic: { readonly name: string; readonly arn: string },
  variables: Readonly<Record<string, string>>,
  texts: readonly string[],
): Shortfall {
  const looked = `the topic ${topic.name}, after unicorns fell below 50`;
  const expected = 'a message that names the unicorn';
  const about = texts.find((text) => !/recover/i.test(text));
  if (about !== undefined) {
    return {
      looked,
      found: `messages that do not name the unicorn: ${JSON.stringify(about.trim().slice(0, 120))}`,
      expected,
      next: 'Put the Name into the message, as it is in the record: operations must know where to go.',
    };
  }
  if (texts.length > 0) {
    return {
      looked,
      found: 'each message says something of a recovery, and counts as one',
      expected: 'alerts without the word recover',
      next: 'Leave that word out of the alerts.',
    };
  }
  const other = Object.entries(variables).find(
    ([, value]) => /^arn:[^:]*:sns:/.test(value) && value !== topic.arn,
  );
  return {
    looked,
    found:
      other === undefined
        ? `nothing was published to it, and ${functionName} did not fail`
        : `nothing was published to it: the variable ${other[0]} names another topic, ${other[1]}`,
    expected,
    next:
      other === undefined
        ? `aws logs filter-log-events --log-group-name /aws/lambda/${functionName} --query "events[-20:].message"`
        : `aws lambda update-function-configuration --function-name ${functionName} --environment …, with ${topic.arn}`,
  };
}
