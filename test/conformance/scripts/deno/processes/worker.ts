const source = 'self.onmessage = (event) => { self.postMessage(event.data * 2); self.close(); };';
const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: 'module' });
worker.onmessage = ({ data }) => {
  console.log(data);
  worker.terminate();
};
worker.postMessage(21);
