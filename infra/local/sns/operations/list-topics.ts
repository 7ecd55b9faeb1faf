import { invalidParameter } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { topicArn } from '../topics.ts';

const PAGE = 100;

/** Lists topics by name, 100 at a time. A token is the last name of the page before. Source: https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
export const listTopics: Operation = (fields, { topics }) => {
  const after = readToken(fields.get('NextToken'));
  const rest = topics.all().filter(({ name }) => name > after);
  const page = rest.slice(0, PAGE);
  const members = page.map(({ name }) => `<member><TopicArn>${topicArn(name)}</TopicArn></member>`);
  const last = page.at(-1);
  const token =
    rest.length > PAGE && last !== undefined ? `<NextToken>${writeToken(last.name)}</NextToken>` : '';
  return `<Topics>${members.join('')}</Topics>${token}`;
};

function writeToken(name: string): string {
  return Buffer.from(name, 'latin1').toString('base64url');
}

function readToken(token: string | null): string {
  if (!token) return '';
  const name = Buffer.from(token, 'base64url').toString('latin1');
  if (writeToken(name) !== token) throw invalidParameter('NextToken');
  return name;
}
