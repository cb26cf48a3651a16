const worker = new Worker(`data:text/javascript,${encodeURIComponent('throw new Error("in a worker")')}`, { type: 'module' });
worker.onerror = (event) => {
  event.preventDefault();
  console.log(event.message);
};
