/*
 * Makes every write below SLOW_ROOT take SLOW_MS longer, for as long as the file SLOW_WHILE is there. For LD_PRELOAD,
 * so it sees what Node does and what LMDB does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void wait_for(int fd) {
  const char *root = getenv("SLOW_ROOT"), *during = getenv("SLOW_WHILE"), *ms = getenv("SLOW_MS");
  int before = errno;
  char link[64], path[PATH_MAX];
  if (root == NULL || during == NULL || ms == NULL || access(during, F_OK) != 0) goto end;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) goto end;
  path[length] = 0;
  if (strncmp(path, root, strlen(root)) != 0) goto end;
  long millis = atol(ms);
  struct timespec left = {millis / 1000, millis % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
end:
  errno = before;
}

#define SLOW(name, parameters, arguments) \
  ssize_t name parameters { \
    static __typeof__(name) *real; \
    if (real == NULL) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name); \
    wait_for(fd); \
    return real arguments; \
  }

SLOW(write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
SLOW(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
SLOW(pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
SLOW(pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
SLOW(pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
SLOW(pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
