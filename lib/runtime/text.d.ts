/** Sources that the bundler takes in as text: they run inside the session, not here. */
declare module '*.py' {
  const text: string;
  export default text;
}
declare module '*.deno.js' {
  const text: string;
  export default text;
}
