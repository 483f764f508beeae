/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The file is made without a name, its inode is noted, and only then it gets the name, in one step that
 * fails where somebody was faster. So at every moment of a crash the note says the truth: the file at the
 * name is ours if, and only if, it is the inode noted. */

#include <fcntl.h>
#include <sys/stat.h>

#include "common/log.h"
#include "core/logins-file.h"

#define NOTE_FILE "nologin"
#define NOTE_FILE_NEW "nologin.new"

static const char text[] =
                "Everybody is being logged off from this computer. Please wait until that is over.\n";

struct Nologin {
        char *path;
        int directory;
        bool known; /* the note below stands */
        dev_t device;
        ino_t inode;
};

static int note_write(Nologin *n) {
        _cleanup_close_ int fd = -EBADF;

        fd = openat(n->directory, NOTE_FILE_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                        0600);
        if (fd < 0)
                return -errno;

        if (dprintf(fd, "%ju %ju\n", (uintmax_t) n->device, (uintmax_t) n->inode) < 0)
                return -errno;
        if (renameat(n->directory, NOTE_FILE_NEW, n->directory, NOTE_FILE) < 0)
                return -errno;

        return 0;
}

static int note_read(Nologin *n) {
        _cleanup_fclose_ FILE *f = NULL;
        uintmax_t device, inode;
        int fd;

        fd = openat(n->directory, NOTE_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;

        f = fdopen(fd, "r");
        if (!f) {
                close(fd);
                return -ENOMEM;
        }

        if (fscanf(f, "%ju %ju", &device, &inode) != 2)
                return -EBADMSG;

        n->known = true;
        n->device = (dev_t) device;
        n->inode = (ino_t) inode;
        return 0;
}

static void note_drop(Nologin *n) {
        (void) unlinkat(n->directory, NOTE_FILE, 0);
        n->known = false;
}

static bool is_ours(const Nologin *n) {
        struct stat st;

        return n->known && lstat(n->path, &st) >= 0 && S_ISREG(st.st_mode) && st.st_dev == n->device &&
                        st.st_ino == n->inode;
}

int nologin_new(Nologin **ret, const char *path, const char *directory) {
        _cleanup_(nologin_freep) Nologin *n = NULL;
        int r;

        n = malloc(sizeof(*n));
        if (!n)
                return -ENOMEM;
        *n = (Nologin) {
                .path = strdup(path),
                .directory = open(directory, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_RDONLY),
        };
        if (!n->path)
                return -ENOMEM;
        if (n->directory < 0)
                return -errno;

        r = note_read(n);
        if (r < 0)
                log_warning_errno(r, "Cannot tell whose '%s' is, leaving it alone: %m", path);

        *ret = TAKE_PTR(n);
        return 0;
}

Nologin *nologin_free(Nologin *n) {
        if (!n)
                return NULL;

        if (n->directory >= 0)
                close(n->directory);
        free(n->path);
        free(n);
        return NULL;
}

/* A file without a name, in the directory where it is to get one. */
static int make_file(const Nologin *n) {
        _cleanup_free_ char *directory = strdup(n->path);
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

int nologin_block(Nologin *n) {
        _cleanup_close_ int fd = -EBADF;
        char link[64];
        struct stat st;
        int r;

        if (is_ours(n))
                return 1;

        fd = make_file(n);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;

        n->known = true;
        n->device = st.st_dev;
        n->inode = st.st_ino;
        r = note_write(n);
        if (r < 0) {
                n->known = false;
                return r;
        }

        (void) snprintf(link, sizeof(link), "/proc/self/fd/%i", fd);
        if (linkat(AT_FDCWD, link, AT_FDCWD, n->path, AT_SYMLINK_FOLLOW) < 0) {
                r = -errno;
                note_drop(n);
                return r == -EEXIST ? 0 : r;
        }

        return 1;
}

void nologin_unblock(Nologin *n) {
        if (!n->known)
                return;

        if (is_ours(n) && unlink(n->path) < 0)
                log_warning_errno(errno, "Failed to remove '%s', nobody can log in: %m", n->path);
        else
                note_drop(n);
}
