import { CutStreamError, filesOf, mergeResults, textOf } from '../../../lib/runtime/session/tool-result';

describe('what a tool answered', () => {
  test('one result, as every live capture has it', () => {
    const content = [{ type: 'text' as const, text: 'Hello' }];
    const structuredContent = { stdout: 'Hello', stderr: '', exitCode: 0, executionTime: 0.0127 };
    expect(mergeResults([{ content, structuredContent, isError: false }])).toEqual({
      content,
      stdout: 'Hello',
      stderr: '',
      exitCode: 0,
      executionTime: 0.0127,
      isError: false,
    });
  });

  test('several results are one: nothing of the earlier ones is lost, and an error in any of them is one', () => {
    const result = mergeResults([
      { content: [{ type: 'text', text: 'a' }], structuredContent: { stdout: 'a' }, isError: true },
      { content: [{ type: 'text', text: 'b' }], structuredContent: { stdout: 'b', exitCode: 1 } },
    ]);
    expect(result).toMatchObject({ stdout: 'ab', exitCode: 1, isError: true });
    expect(textOf(result)).toBe('a\nb');
  });

  test('a stream without a result was cut', () => {
    expect(() => mergeResults([])).toThrow(CutStreamError);
  });

  test.each([
    ['file:///a b.csv', 'a b.csv'],
    ['file:///a%20b.csv', 'a b.csv'],
    ['file:///100%.csv', '100%.csv'],
    ['file:///folder/häß.csv', 'folder/häß.csv'],
  ])('the file %s is %s', (uri, path) => {
    const result = mergeResults([{ content: [{ type: 'resource', resource: { type: 'text', uri, text: 'x' } }] }]);
    expect([...filesOf(result)]).toEqual([[path, Buffer.from('x')]]);
  });
});
