{
  using held = { [Symbol.dispose]: () => console.log('disposed') };
  console.log('holding', typeof held);
}
