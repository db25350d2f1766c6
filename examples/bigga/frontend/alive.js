// The container's health check.
try {
  const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/health`, {
    signal: AbortSignal.timeout(3000),
  });
  process.exit(answer.ok ? 0 : 1);
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
