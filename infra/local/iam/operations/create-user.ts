import { alreadyExists } from '../errors.ts';
import { newId } from '../identifiers.ts';
import { operation, PATH, TAGS, USER_NAME } from '../operation.ts';
import { checkedTags } from '../tags.ts';
import { userElement } from '../users.ts';

/** Creates a user. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const createUser = operation(
  { Path: PATH, UserName: USER_NAME, Tags: TAGS },
  ({ UserName: name, Path: path = '/', Tags }, { users, now }) => {
    if (users.all().some((user) => user.name.toLowerCase() === name.toLowerCase())) {
      throw alreadyExists(`User with name ${name} already exists.`);
    }
    const user = { name, path, id: newId('user'), createdAt: now(), tags: checkedTags(Tags) };
    users.put(name, user);
    return userElement(user);
  },
  'A user has neither policies nor access keys; any access key may do anything.',
);
