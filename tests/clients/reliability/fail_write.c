/* Lets the n-th write to a file below a folder fail with an I/O error; n is in a file shared with the test. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

/* Writes left until one fails; at 0 or below none does. And writes seen since the test looked last. */
struct control {
    volatile int64_t left;
    volatile int64_t seen;
};

static struct control *control;
static char folder[PATH_MAX];

__attribute__((constructor)) static void set_up(void) {
    const char *path = getenv("FAIL_CONTROL"), *below = getenv("FAIL_FOLDER");
    if (!path || !below || !realpath(below, folder)) return;
    int fd = open(path, O_RDWR);
    if (fd < 0) return;
    void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped != MAP_FAILED) control = mapped;
    close(fd);
}

static int is_below(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    /* The log is the test's own. */
    return !strncmp(path, folder, strlen(folder)) && !strstr(path, ".log");
}

static int fails(int fd) {
    if (!control || control->left <= 0 || !is_below(fd)) return 0;
    __sync_fetch_and_add(&control->seen, 1);
    if (__sync_sub_and_fetch(&control->left, 1) != 0) return 0;
    errno = EIO;
    return 1;
}

#define WRAP(result, name, parameters, arguments)                              \
    result name parameters {                                                   \
        static result(*real) parameters;                                       \
        if (!real) real = (result(*) parameters)dlsym(RTLD_NEXT, #name);       \
        return fails(fd) ? (result)-1 : real arguments;                        \
    }

WRAP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size))
