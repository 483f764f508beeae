/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The file is created without a name and its inode is noted. Only then is it linked to its name, in one step
 * that fails if the name already exists. So the note is correct even if usherd crashes at any point: usherd
 * created the file if, and only if, its inode is the noted one. */

#include <fcntl.h>
#include <sys/stat.h>

#include "common/file-replace.h"
#include "common/log.h"
#include "core/logins.h"

#define NOTE_FILE "nologin"

static const char text[] = "All users are being logged off from this computer. Please try again later.\n";

struct Logins {
        char *path;
        int directory;
        bool known; /* the note below is valid */
        dev_t device;
        ino_t inode;
};

static int note_write(Logins *l) {
        FILE *f;
        int r;

        r = file_replace_open(l->directory, NOTE_FILE, 0600, &f);
        if (r < 0)
                return r;

        fprintf(f, "%ju %ju\n", (uintmax_t) l->device, (uintmax_t) l->inode);
        return file_replace_commit(l->directory, NOTE_FILE, f, false);
}

/* Two numbers. */
#define NOTE_SIZE_MAX 64

static int note_read(Logins *l) {
        _cleanup_fclose_ FILE *f = NULL;
        uintmax_t device, inode;
        struct stat st;
        int fd;

        fd = openat(l->directory, NOTE_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;

        f = fdopen(fd, "r");
        if (!f) {
                close(fd);
                return -ENOMEM;
        }

        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode) || st.st_size > NOTE_SIZE_MAX)
                return -EBADFD;
        if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
                return -EPERM;
        if (fscanf(f, "%ju %ju", &device, &inode) != 2)
                return -EBADMSG;

        l->known = true;
        l->device = (dev_t) device;
        l->inode = (ino_t) inode;
        return 0;
}

static void note_drop(Logins *l) {
        (void) unlinkat(l->directory, NOTE_FILE, 0);
        l->known = false;
}

static bool is_ours(const Logins *l) {
        struct stat st;

        return l->known && lstat(l->path, &st) >= 0 && S_ISREG(st.st_mode) && st.st_dev == l->device &&
                        st.st_ino == l->inode;
}

int logins_new(Logins **ret, const char *path, const char *directory) {
        _cleanup_(logins_freep) Logins *l = NULL;
        int r;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;
        *l = (Logins) {
                .path = strdup(path),
                .directory = open(directory, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_RDONLY),
        };
        if (!l->path)
                return -ENOMEM;
        if (l->directory < 0)
                return -errno;

        r = note_read(l);
        if (r < 0)
                log_warning_errno(r, "Failed to read who created '%s', leaving it alone%s: %m", path,
                                file_set_aside(l->directory, NOTE_FILE) < 0 ?
                                                "" :
                                                "; the note is now 'nologin.bad'");

        *ret = TAKE_PTR(l);
        return 0;
}

Logins *logins_free(Logins *l) {
        if (!l)
                return NULL;

        if (l->directory >= 0)
                close(l->directory);
        free(l->path);
        free(l);
        return NULL;
}

/* Creates a file without a name in the directory where it will get one. */
static int make_file(const Logins *l) {
        _cleanup_free_ char *directory = strdup(l->path);
        _cleanup_close_ int fd = -EBADF;

        if (!directory)
                return -ENOMEM;
        *strrchr(directory, '/') = '\0';

        fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
        if (fd < 0)
                return -errno;
        if (write(fd, text, strlen(text)) < 0 || fchmod(fd, 0644) < 0)
                return -errno;

        return TAKE_FD(fd);
}

int logins_block(Logins *l) {
        _cleanup_close_ int fd = -EBADF;
        char link[64];
        struct stat st;
        int r;

        if (is_ours(l))
                return 1;

        fd = make_file(l);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;

        l->known = true;
        l->device = st.st_dev;
        l->inode = st.st_ino;
        r = note_write(l);
        if (r < 0) {
                l->known = false;
                return r;
        }

        (void) snprintf(link, sizeof(link), "/proc/self/fd/%i", fd);
        if (linkat(AT_FDCWD, link, AT_FDCWD, l->path, AT_SYMLINK_FOLLOW) < 0) {
                r = -errno;
                note_drop(l);
                return r == -EEXIST ? 0 : r;
        }

        return 1;
}

void logins_unblock(Logins *l) {
        if (!l->known)
                return;

        if (is_ours(l) && unlink(l->path) < 0)
                log_warning_errno(errno, "Failed to remove '%s', new logins stay blocked: %m", l->path);
        else
                note_drop(l);
}
