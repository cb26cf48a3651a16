globalThis.addEventListener('error', (event) => {
  console.log('seen', event.message);
  event.preventDefault();
});
setTimeout(() => {
  throw new Error('in a timer');
}, 10);
