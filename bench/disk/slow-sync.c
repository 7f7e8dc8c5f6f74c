/*
 * Makes every sync of a process take SLOW_SYNC_US microseconds longer; with SLOW_SYNC_ONE=1 one at a time, as a disk
 * with a single queue does. For LD_PRELOAD, so it sees what Node does and what LMDB does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static int (*real_fdatasync)(int);
static int (*real_fsync)(int);
static struct timespec delay;
static int serial;

__attribute__((constructor)) static void begin(void) {
  const char *us = getenv("SLOW_SYNC_US");
  const char *single = getenv("SLOW_SYNC_ONE");
  long value = us == NULL ? 0 : atol(us);
  delay.tv_sec = value / 1000000;
  delay.tv_nsec = (value % 1000000) * 1000;
  serial = single != NULL && single[0] == '1';
  real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
}

static int slowly(int (*sync)(int), int fd) {
  if (serial) pthread_mutex_lock(&one);
  nanosleep(&delay, NULL);
  int result = sync(fd);
  if (serial) pthread_mutex_unlock(&one);
  return result;
}

int fdatasync(int fd) { return slowly(real_fdatasync, fd); }
int fsync(int fd) { return slowly(real_fsync, fd); }
