let times = 0;
globalThis.addEventListener('beforeunload', (event) => {
  if (times++ < 1) event.preventDefault();
  console.log('asked', times);
});
