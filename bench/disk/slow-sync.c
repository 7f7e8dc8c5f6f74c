/*
 * Makes every sync of a process take SLOW_SYNC_US microseconds longer; with SLOW_SYNC_ONE=1 one at a time, in the
 * order in which they were asked for, as a disk with a single queue does. For LD_PRELOAD, so it sees what Node does and what LMDB does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t next = PTHREAD_COND_INITIALIZER;
static unsigned long last_ticket;
static unsigned long served;
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

/* A plain mutex would favour whoever lets go of it and asks again. */
static void wait_for_turn(void) {
  pthread_mutex_lock(&one);
  unsigned long ticket = last_ticket++;
  while (ticket != served) pthread_cond_wait(&next, &one);
  pthread_mutex_unlock(&one);
}

static void end_turn(void) {
  pthread_mutex_lock(&one);
  served++;
  pthread_cond_broadcast(&next);
  pthread_mutex_unlock(&one);
}

static int slowly(int (*sync)(int), int fd) {
  if (serial) wait_for_turn();
  nanosleep(&delay, NULL);
  int result = sync(fd);
  if (serial) end_turn();
  return result;
}

int fdatasync(int fd) { return slowly(real_fdatasync, fd); }
int fsync(int fd) { return slowly(real_fsync, fd); }
