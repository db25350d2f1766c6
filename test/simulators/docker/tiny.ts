import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A program of a few KiB, so that an image can be made of nothing. */
const source = `
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void stop(int s) { sleep(1); exit(0); }
int main(int n, char **a) {
  if (n > 1 && !strcmp(a[1], "check")) return access("/ready", F_OK) == 0 ? 0 : 1;
  if (n > 1 && !strcmp(a[1], "exit")) { puts("migrated"); return n > 2 ? atoi(a[2]) : 0; }
  if (n > 1 && !strcmp(a[1], "cat")) { FILE *f = fopen(a[2], "r"); int c; if (!f) return 9;
    while ((c = fgetc(f)) != EOF) putchar(c); return 0; }
  signal(SIGTERM, stop);
  for (;;) pause();
}
`;

/**
 * Writes a build context whose image runs until SIGTERM (it takes a second to end), is healthy when
 * `/ready` is there, and knows `exit <code>` and `cat <file>`. Every context is another image.
 */
export function tinyContext(folder: string): void {
  writeFileSync(join(folder, "app.c"), source);
  execFileSync("cc", ["-static", "-Os", "-o", join(folder, "app"), join(folder, "app.c")]);
  const lines = [
    "FROM scratch AS base",
    "ARG WORD=none",
    "LABEL word=$WORD",
    `LABEL run=${process.pid}-${Date.now()}`,
    "COPY app /app",
    'ENTRYPOINT ["/app"]',
    'CMD ["run"]',
  ];
  writeFileSync(join(folder, "Dockerfile"), `${lines.join("\n")}\n`);
  writeFileSync(join(folder, ".dockerignore"), "*.c\n");
}
