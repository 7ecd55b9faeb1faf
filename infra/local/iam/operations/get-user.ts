import { validationError } from '../errors.ts';
import { operation } from '../operation.ts';
import { namedUser, userElement } from '../users.ts';

/** A user. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
export const getUser = operation(
  { UserName: { type: 'String', min: 1, max: 128 } },
  ({ UserName }, { users }) => {
    if (UserName === undefined) {
      throw validationError('Must specify userName when calling with non-User credentials');
    }
    return userElement(namedUser(users, UserName));
  },
  'UserName must be given, as nobody calls as a user.',
);
