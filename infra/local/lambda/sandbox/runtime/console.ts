import { format } from 'node:util';

const LEVELS = [
  ['trace', 'TRACE'],
  ['debug', 'DEBUG'],
  ['info', 'INFO'],
  ['log', 'INFO'],
  ['warn', 'WARN'],
  ['error', 'ERROR'],
] as const;

/**
 * Gives `console` the lines of Lambda's text format: time, request id, level and text, between tabs.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 *
 * @param requestId of the invocation under way
 * @param write takes whole lines with their ends
 */
export function patchConsole(requestId: () => string, write: (text: string) => void): void {
  for (const [method, level] of LEVELS) {
    console[method] = (...values: unknown[]): void => {
      // One log event per call, as in CloudWatch: a line end inside it becomes a carriage return.
      const text = format(...values).replaceAll('\n', '\r');
      write(`${new Date().toISOString()}\t${requestId()}\t${level}\t${text}\n`);
    };
  }
}
