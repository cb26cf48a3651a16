globalThis.addEventListener('unhandledrejection', (event) => {
  console.log('handled', event.reason.message);
  event.preventDefault();
});
Promise.reject(new Error('caught late'));
