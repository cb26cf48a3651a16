console.log('😀 été 日本語 가나다');
