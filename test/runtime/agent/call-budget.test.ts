import { CallBudget } from '../../../lib/runtime/agent/call-budget';

const TOOLS = ['execute_python', 'get_task'];
const python = (code: string) => ({ name: 'execute_python', input: { code } });

test('a call that has just been made is not made again, unless it failed or follows a task', () => {
  const budget = new CallBudget({ toolCalls: 10 }, TOOLS);
  expect(budget.refuse(python('1'))).toBeUndefined();
  expect(budget.refuse(python('1'))).toContain('the same call as the one before');
  // What was refused ends with an error, too, and is refused again.
  budget.failed();
  expect(budget.refuse(python('1'))).toContain('the same call as the one before');
  expect(budget.refuse(python('2'))).toBeUndefined();
  expect(budget.refuse(python('1'))).toBeUndefined();
  budget.failed();
  expect(budget.refuse(python('1'))).toBeUndefined();
  const task = { name: 'get_task', input: { taskId: 'a' } };
  expect([budget.refuse(task), budget.refuse(task)]).toEqual([undefined, undefined]);
});

test('all calls of the turn that reaches the limit are refused, and the answer ends with a later one', () => {
  const budget = new CallBudget({ toolCalls: 1 }, TOOLS);
  budget.beginTurn();
  expect(budget.refuse(python('1'))).toBeUndefined();
  expect(budget.refuse(python('2'))).toContain('The limit of 1 tool calls is reached.');
  expect(budget.refuse(python('3'))).toContain('The limit of 1 tool calls is reached.');
  expect(budget.isExhausted).toBe(false);
  budget.beginTurn();
  expect(budget.refuse(python('4'))).toContain('The limit of 1 tool calls is reached.');
  expect(budget.isExhausted).toBe(true);
  expect(budget.calls).toBe(1);
});

test('calls of unknown tools count, so that they end', () => {
  const budget = new CallBudget({ toolCalls: 2 }, TOOLS);
  expect(budget.refuse({ name: 'fly', input: {} })).toBe(
    'There is no tool "fly". The tools are: execute_python, get_task.',
  );
  expect(budget.calls).toBe(1);
});
