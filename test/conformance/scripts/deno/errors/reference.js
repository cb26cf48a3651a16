console.log(noSuchName);
