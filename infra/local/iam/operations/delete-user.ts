import { operation, USER_NAME } from '../operation.ts';
import { namedUser } from '../users.ts';

/** Deletes a user. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
export const deleteUser = operation({ UserName: { ...USER_NAME, max: 128 } }, ({ UserName }, { users }) => {
  namedUser(users, UserName);
  users.delete(UserName);
  return '';
});
