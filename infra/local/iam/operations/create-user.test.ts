import { CreateUserCommand, DeleteUserCommand, GetUserCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, IamFixture, START } from '../fixture.ts';

const fixture = new IamFixture();
afterEach(() => fixture.closeAll());

describe('CreateUser', () => {
  it('creates a user, once, until it is deleted', async () => {
    const { client } = await fixture.openIam();
    const UserName = 'lambda-cli-user';
    const { User } = await client.send(new CreateUserCommand({ UserName }));
    expect(User).toEqual({
      Path: '/',
      UserName,
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: arnOf('user/lambda-cli-user'),
      CreateDate: new Date(START),
    });
    expect((await client.send(new GetUserCommand({ UserName }))).User).toEqual(User);
    await expect(client.send(new CreateUserCommand({ UserName }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'User with name lambda-cli-user already exists.',
    });
    await client.send(new DeleteUserCommand({ UserName }));
    await expect(client.send(new GetUserCommand({ UserName }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The user with name lambda-cli-user cannot be found.',
    });
    await expect(client.send(new GetUserCommand({}))).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
