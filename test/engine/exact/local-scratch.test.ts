import { LocalStack } from '../../../shared/engine/exact/local-scratch';

test('the stack pops nodes in the reverse order of the pushes, also after it grew', () => {
  const stack = new LocalStack();
  stack.begin(2);
  for (let i = 0; i < 500; i++) stack.push(i, i + 2, i % 7, i - 1, Float64Array.of(i, 1));
  for (let i = 499; i >= 0; i--) {
    expect(stack.pop()).toBe(true);
    const { from, to, depth, parent, counts } = stack;
    expect([from, to, depth, parent, ...counts]).toEqual([i, i + 2, i % 7, i - 1, i, 1]);
  }
  expect(stack.pop()).toBe(false);
});

test('the stack can begin again with more or fewer classes', () => {
  const stack = new LocalStack();
  for (const classes of [200, 2, 256, 3]) {
    stack.begin(classes);
    const counts = Float64Array.from({ length: classes }, (_, k) => k);
    for (let i = 0; i < 300; i++) stack.push(i, 0, 0, 0, counts);
    for (let i = 299; i >= 0; i--) {
      stack.pop();
      expect(stack.from).toBe(i);
      expect(stack.counts).toEqual(counts);
    }
  }
});

test('the nodes of a fit that broke off are gone when the next fit begins', () => {
  const stack = new LocalStack();
  stack.begin(1);
  stack.push(0, 1, 0, -1, Float64Array.of(1));
  stack.begin(1);
  expect(stack.pop()).toBe(false);
});
