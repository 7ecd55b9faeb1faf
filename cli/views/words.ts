import type { Alert } from '../../telemetry/alert.ts';
import { alertVerdict } from '../../telemetry/alert-text.ts';
import type { Summary } from '../../telemetry/summary.ts';
import type { Report } from '../producer/events.ts';
import { fold, grouped, printable } from '../terminal.ts';

/** The sentences that the plain and the live view share. */

export function alertSentence(alert: Alert): string {
  const name = printable(alert.name);
  return `${name} ${alertVerdict(alert)}: ${alert.value} points at ${printable(alert.statusTime)}`;
}

export function summarySentence(summary: Summary): string {
  return [
    `${printable(summary.Name)} ${summary.StatusTime.slice(0, 16)}`,
    counted(summary.Readings, 'reading'),
    `${summary.Distance.toFixed(1)} m`,
    `magic ${summary.MinMagicPoints} to ${summary.MaxMagicPoints}`,
    `health ${summary.MinHealthPoints} to ${summary.MaxHealthPoints}`,
  ].join(', ');
}

/** Where what is told of a report begins, after the word for it. */
const INDENT = 10;

/**
 * The books of a run, in a few lines: what was sent, what became of it, and whether it adds up.
 *
 * @param columns width to fold at; default not at all
 */
export function reportLines(report: Report, columns: number = Number.POSITIVE_INFINITY): string[] {
  return [
    `sent      ${counted(report.produced, 'reading')} produced, ${grouped(report.attempted)} attempted, ` +
      `${grouped(report.acknowledged)} acknowledged${some(report.uncertain, 'uncertain')}${some(report.failed, 'failed')}`,
    ...becameOf(report),
    `stored    ${storedOf(report)}${report.alerts === null ? '' : `, ${counted(report.alerts, 'alert')} heard`}`,
    `balanced  ${balanceOf(report)}`,
  ].flatMap((line) => fold(line, columns, INDENT));
}

function becameOf({ delivered, summarised, duplicates, late, quarantined, open }: Report): string[] {
  if (delivered === null) return [];
  const fates = [
    `${grouped(summarised ?? 0)} summarised`,
    `${grouped(duplicates ?? 0)} duplicates`,
    `${grouped(late ?? 0)} late`,
    `${grouped(quarantined ?? 0)} quarantined`,
    `${grouped(open ?? 0)} in open windows`,
  ];
  return [`became    ${grouped(delivered)} delivered = ${fates.join(' + ')}`];
}

function storedOf({ stored }: Report): string {
  if (stored === null) return 'not read back';
  return `${counted(stored, 'summary', 'summaries')} read back from the table`;
}

function balanceOf({ balanced, delivered, failed }: Report): string {
  if (!balanced) return 'NO: the figures do not add up';
  const lost = failed === 0 ? 'nothing was lost' : `all is accounted for, ${grouped(failed)} failed`;
  return delivered === null ? `yes, as far as the stream: ${lost}` : `yes: ${lost}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

function some(count: number, what: string): string {
  return count === 0 ? '' : `, ${grouped(count)} ${what}`;
}

/** A length of time for a countdown: `45 s`, `2 min 05 s`. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
