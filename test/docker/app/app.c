/* A web server of one page, for the tests: GET answers VERSION, GET /slow does so after 400 ms.
   `app check` is its healthcheck. BROKEN=1 never gets healthy; RUDE=1 dies at once on SIGTERM. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int stopping;
static void stop(int signal) { (void)signal; stopping = 1; }

static const char *variable(const char *name, const char *other) {
  const char *value = getenv(name);
  return value ? value : other;
}

static int listener(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 512)) { perror("listen"); exit(1); }
  return fd;
}

static void answer(int fd) {
  char request[4096], response[512];
  ssize_t length = read(fd, request, sizeof request - 1);
  if (length > 0) {
    request[length] = 0;
    if (!strncmp(request, "GET /slow", 9)) usleep(400000);
    const char *text = variable("VERSION", "none");
    int size = snprintf(response, sizeof response,
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
      strlen(text), text);
    if (write(fd, response, size) != size) perror("write");
  }
  shutdown(fd, SHUT_WR);
  while (read(fd, request, sizeof request) > 0) ;
  close(fd);
}

static int check(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (*variable("BROKEN", "0") == '1') return 1;
  return connect(fd, (struct sockaddr *)&at, sizeof at) != 0;
}

int main(int count, char **words) {
  int port = atoi(variable("PORT", "8000"));
  if (count > 1 && !strcmp(words[1], "check")) return check(port);
  struct sigaction action = {.sa_handler = stop};
  if (*variable("RUDE", "0") == '1') action.sa_handler = SIG_DFL;
  if (*variable("RUDE", "0") == '1') {
    /* The first process of a container ignores what it does not handle: a child serves, and dies. */
    pid_t child = fork();
    if (child > 0) {
      action.sa_handler = stop;
      sigaction(SIGTERM, &action, NULL);
      while (waitpid(child, NULL, WNOHANG) == 0 && !stopping) usleep(10000);
      kill(child, SIGKILL);
      return 0;
    }
  }
  sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGCHLD, SIG_IGN);
  int fd = listener(port);
  printf("%s listens on %d\n", variable("VERSION", "none"), port);
  if (*variable("BROKEN", "0") == '1') printf("cannot find the flux capacitor\n");
  fflush(stdout);
  while (!stopping) {
    int client = accept(fd, NULL, NULL);
    if (client < 0) continue;
    if (fork() == 0) { close(fd); answer(client); _exit(0); }
    close(client);
  }
  close(fd);
  while (wait(NULL) > 0 || errno == EINTR) ;
  return 0;
}
