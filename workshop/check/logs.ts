import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Workbench } from '../workbench.ts';
import { ifThere } from './missing.ts';

/**
 * What has been logged since a moment, message by message, of all streams of a group.
 *
 * @param since milliseconds since the epoch
 * @returns undefined when there is no such group
 */
export async function loggedSince(
  at: Workbench,
  logGroupName: string,
  since: number,
): Promise<string[] | undefined> {
  const pages = paginateFilterLogEvents(
    { client: at.logs },
    { logGroupName, startTime: Math.max(0, Math.floor(since)) },
  );
  return ifThere(messagesOf(pages, at));
}

async function messagesOf(
  pages: ReturnType<typeof paginateFilterLogEvents>,
  at: Workbench,
): Promise<string[]> {
  const messages: string[] = [];
  for await (const { events = [] } of pages) {
    at.signal.throwIfAborted();
    messages.push(...events.map(({ message = '' }) => message));
  }
  return messages;
}

/**
 * Whether a text is to be read in a log: line by line, since Lambda parts lines in its own way, and also as it stands
 * within JSON, where quotes have a backslash before them.
 */
export function shows(log: string, text: string): boolean {
  return linesOf(text).every((line) => log.includes(line) || log.includes(JSON.stringify(line).slice(1, -1)));
}

/** The lines of a text that are not blank, without the spaces around them. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
