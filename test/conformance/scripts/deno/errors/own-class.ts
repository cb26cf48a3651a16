class OwnError extends Error {
  override name = 'OwnError';
}
throw new OwnError('of mine');
