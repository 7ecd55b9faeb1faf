import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packages of PyPI that these tests run: clients, judges and servers that nobody here wrote. awscli is version 1 of the AWS CLI. */
export const AWSCLI = 'awscli==1.45.11';
export const BOTO3 = 'boto3==1.44.8';
export const CFN_LINT = 'cfn-lint==1.58.0';
/** An emulator of AWS with CloudFormation, which runs functions on the system's Node: its README is in emulator/. */
export const MINISTACK = 'ministack==1.5.33';

/**
 * A Python environment with one package in it, outside the project, made on first use and then kept.
 *
 * @param requirement as pip takes it: `boto3==1.44.8`
 * @returns the folder of its programs
 */
export function pythonEnvironment(requirement: string): string {
  const kept = join(tmpdir(), `wildrydes-python-${requirement.replace('==', '-')}`);
  if (!existsSync(kept)) install(requirement, kept);
  return join(kept, 'bin');
}

/** Programs of an environment name its folder: it is made where it stays, and is found by a link once it is whole. */
function install(requirement: string, kept: string): void {
  const folder = mkdtempSync(`${kept}-`);
  try {
    execFileSync('python3', ['-m', 'venv', folder]);
    execFileSync(join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', requirement]);
    const link = `${folder}.link`;
    symlinkSync(folder, link);
    renameSync(link, kept);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
