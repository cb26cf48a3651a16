import { execFileSync } from 'node:child_process';
import { copyInCommand, copyOutCommand } from '../../../lib/runtime/invoker/role-copy';
import { shellWord } from '../../../lib/runtime/quoting';

const object = { bucket: 'staging', key: "invoker/it's.csv", path: "in/it's $HOME.csv" };

/** What is run, to the letter; that it works is tested with the AWS CLI itself, in test/e2e/invoker-role-transfer.test.ts. */
test('an object is copied in with the execution role', () => {
  expect(copyInCommand(object, 'eu-west-1')).toBe(
    `aws s3 cp 's3://staging/invoker/it'\\''s.csv' './in/it'\\''s $HOME.csv' --region 'eu-west-1' --only-show-errors`,
  );
});

test('a file is copied out with the execution role', () => {
  expect(copyOutCommand(object, 'eu-west-1')).toBe(
    `aws s3 cp './in/it'\\''s $HOME.csv' 's3://staging/invoker/it'\\''s.csv' --region 'eu-west-1' --only-show-errors`,
  );
});

test.each(["it's", '$HOME `id` "x"', '-rf', 'a\nb', "''", 'ü'])('the shell takes %j as one word, as it is', (text) => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
});
