import type { Module } from '../../module.ts';
import { checkCloud } from './cloud.ts';
import { checkShell } from './shell.ts';
import { checkTools } from './tools.ts';

export const setUp: Module = {
  number: 0,
  folder: '00-set-up',
  title: 'Set up',
  minutes: 10,
  steps: [
    {
      name: 'cloud',
      goal: 'Have a cloud to work in',
      why: 'You build with the API of AWS. It is the same on your machine and on AWS; here it costs nothing and breaks nothing.',
      hints: [
        'On this machine the workshop has a cloud of its own, which is empty.',
        'There is a command that starts it, and one that tells what runs: ./wildrydes --help',
        './wildrydes workshop start',
      ],
      check: checkCloud,
    },
    {
      name: 'shell',
      goal: 'Open a shell that leads there',
      why: 'In it, the AWS CLI and every SDK talk to your cloud and to no other, and nothing of your own AWS settings is seen.',
      hints: [
        'The prompt says where a shell leads. Yours does not yet.',
        'The check must be typed in that shell too.',
        './wildrydes shell',
      ],
      check: checkShell,
    },
    {
      name: 'tools',
      goal: 'Have the AWS CLI at hand',
      why: 'All that you make is made by its commands: they can be read, repeated, and copied into a script.',
      hints: [
        'The check runs: aws --version',
        'Version 2 comes from https://aws.amazon.com/cli/, and version 1 from PyPI.',
        'pip install awscli, or pipx install awscli',
      ],
      check: checkTools,
    },
  ],
  install: async () => {},
  remove: async () => {},
};
