function b() {
  throw new TypeError('한글 오류');
}
function a() {
  b();
}
a();
