/*
 * Fails one call of a process with EIO: the EIO_AT-th that opens, writes, truncates, syncs or renames below EIO_ROOT.
 * With EIO_READS also those that read, list and look up; with EIO_FOREVER all from that one on, as of a disk that is
 * gone. For LD_PRELOAD, so it sees what Node does and what LMDB does. What failed first is told in the file EIO_REPORT.
 *
 * After a failed sync every later sync of that file succeeds and does nothing: file systems mark pages clean that they
 * could not write (Rebello et al., USENIX ATC 2020), so who only tries again is told a lie.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define LYING_MAX 64

static atomic_long calls;
static long fail_at;
static int reads_too;
static int forever;
static char root[PATH_MAX];
static size_t root_length;
static struct { dev_t dev; ino_t ino; } lying[LYING_MAX];
static atomic_int lying_count;

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("EIO_AT");
  const char *below = getenv("EIO_ROOT");
  if (at == NULL || below == NULL || strlen(below) >= sizeof root) return;
  strcpy(root, below);
  root_length = strlen(root);
  fail_at = atol(at);
  reads_too = getenv("EIO_READS") != NULL;
  forever = getenv("EIO_FOREVER") != NULL;
}

static void report(const char *what, const char *path) {
  const char *file = getenv("EIO_REPORT");
  if (file == NULL) return;
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%s %s\n", what, path);
  int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return;
  syscall(SYS_write, fd, line, (size_t)length);
  syscall(SYS_close, fd);
}

static int counts(const char *path) {
  return root_length > 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

/* Whether this call is the one to fail. */
static int fails(const char *what, const char *path) {
  if (!counts(path)) return 0;
  long call = atomic_fetch_add(&calls, 1) + 1;
  if (call != fail_at && !(forever && call > fail_at)) return 0;
  if (call == fail_at) report(what, path);
  errno = EIO;
  return 1;
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return 1;
}

static int fails_fd(const char *what, int fd) {
  char path[PATH_MAX];
  int before = errno;
  if (root_length == 0 || !path_of(fd, path)) {
    errno = before;
    return 0;
  }
  if (fails(what, path)) return 1;
  errno = before;
  return 0;
}

static int lies(int fd) {
  struct stat about;
  int known = atomic_load(&lying_count);
  if (known == 0 || fstat(fd, &about) != 0) return 0;
  for (int i = 0; i < known; i++) {
    if (lying[i].dev == about.st_dev && lying[i].ino == about.st_ino) return 1;
  }
  return 0;
}

static void lie_from_now_on(int fd) {
  struct stat about;
  int at = atomic_load(&lying_count);
  if (at == LYING_MAX || fstat(fd, &about) != 0) return;
  lying[at].dev = about.st_dev;
  lying[at].ino = about.st_ino;
  atomic_store(&lying_count, at + 1);
  errno = EIO;
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (real == NULL) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define WRITER(name, parameters, arguments) \
  ssize_t name parameters { \
    REAL(name); \
    return fails_fd(#name, fd) ? -1 : real arguments; \
  }

WRITER(write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
WRITER(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
WRITER(pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
WRITER(pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
WRITER(pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
WRITER(pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))

#define READER(name, parameters, arguments) \
  ssize_t name parameters { \
    REAL(name); \
    return reads_too && fails_fd(#name, fd) ? -1 : real arguments; \
  }

READER(read, (int fd, void *bytes, size_t count), (fd, bytes, count))
READER(pread, (int fd, void *bytes, size_t count, off_t at), (fd, bytes, count, at))
READER(pread64, (int fd, void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
READER(preadv, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
READER(preadv64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))

typedef int (*filter)(const struct dirent *);
typedef int (*filter64)(const struct dirent64 *);
typedef int (*order)(const struct dirent **, const struct dirent **);
typedef int (*order64)(const struct dirent64 **, const struct dirent64 **);

int scandir(const char *path, struct dirent ***names, filter wanted, order compared) {
  REAL(scandir);
  return reads_too && fails("scandir", path) ? -1 : real(path, names, wanted, compared);
}

int scandir64(const char *path, struct dirent64 ***names, filter64 wanted, order64 compared) {
  REAL(scandir64);
  return reads_too && fails("scandir64", path) ? -1 : real(path, names, wanted, compared);
}

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict about) {
  REAL(statx);
  return reads_too && fails("statx", path) ? -1 : real(folder, path, flags, mask, about);
}

#define SYNCER(name) \
  int name(int fd) { \
    REAL(name); \
    if (fails_fd(#name, fd)) { \
      lie_from_now_on(fd); \
      return -1; \
    } \
    return lies(fd) ? 0 : real(fd); \
  }

SYNCER(fsync)
SYNCER(fdatasync)

#define TRUNCATER(name, length_type) \
  int name(int fd, length_type length) { \
    REAL(name); \
    return fails_fd(#name, fd) ? -1 : real(fd, length); \
  }

TRUNCATER(ftruncate, off_t)
TRUNCATER(ftruncate64, off64_t)

int rename(const char *source, const char *target) {
  REAL(rename);
  return fails("rename", source) ? -1 : real(source, target);
}

#define OPENER(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    return fails(#name, path) ? -1 : real(path, flags, mode); \
  }

OPENER(open)
OPENER(open64)

#define OPENER_AT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    REAL(name); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    return fails(#name, path) ? -1 : real(folder, path, flags, mode); \
  }

OPENER_AT(openat)
OPENER_AT(openat64)
