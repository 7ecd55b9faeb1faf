import type { Alert } from '../../telemetry/alert.ts';
import type { Summary } from '../../telemetry/summary.ts';
import type { Report } from '../producer/events.ts';
import { printable } from '../terminal.ts';

/** The sentences that the plain and the live view share. */

export function alertSentence(alert: Alert): string {
  const name = printable(alert.name);
  return alert.state === 'firing'
    ? `${name} is low on magic: ${alert.magicPoints} points at ${alert.statusTime}`
    : `${name} has recovered: ${alert.magicPoints} points at ${alert.statusTime}`;
}

export function summarySentence(summary: Summary): string {
  return [
    `${printable(summary.Name)} ${summary.StatusTime.slice(0, 16)}`,
    `${summary.Readings} readings`,
    `${summary.Distance.toFixed(1)} m`,
    `magic ${summary.MinMagicPoints} to ${summary.MaxMagicPoints}`,
    `health ${summary.MinHealthPoints} to ${summary.MaxHealthPoints}`,
  ].join(', ');
}

/** The books of a run, in a few lines: what was sent, what became of it, and whether it adds up. */
export function reportLines(report: Report): string[] {
  const lines = [
    `sent      ${counted(report.produced, 'reading')} produced, ${report.attempted} attempted, ` +
      `${report.acknowledged} acknowledged${some(report.uncertain, 'uncertain')}${some(report.failed, 'failed')}`,
  ];
  if (report.delivered !== null) {
    lines.push(
      `became    ${report.delivered} delivered = ${report.summarised} summarised + ${report.duplicates} duplicates + ` +
        `${report.late} late + ${report.quarantined} quarantined + ${report.open} in open windows`,
    );
  }
  const stored =
    report.stored === null
      ? 'not read back'
      : `${counted(report.stored, 'summary', 'summaries')} read back from the table`;
  lines.push(
    `stored    ${stored}${report.alerts === null ? '' : `, ${counted(report.alerts, 'alert')} heard`}`,
  );
  lines.push(report.balanced ? 'balanced  yes: nothing was lost' : 'balanced  NO: the figures do not add up');
  return lines;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function some(count: number, what: string): string {
  return count === 0 ? '' : `, ${count} ${what}`;
}

/** A length of time for a countdown: `45 s`, `2 min 05 s`. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
