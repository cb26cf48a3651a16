console.log(prompt('name?'), confirm('sure?'));
