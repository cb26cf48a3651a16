Promise.reject(new Error('nobody waits'));
