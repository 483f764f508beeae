/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "common/file-replace.h"
#include "common/macro.h"

static int format_name(const char *name, const char *suffix, char *buffer, size_t size) {
        int n = snprintf(buffer, size, "%s%s", name, suffix);

        return n < 0 || (size_t) n >= size ? -ENAMETOOLONG : 0;
}

int file_replace_open(int directory, const char *name, mode_t mode, FILE **ret) {
        _cleanup_close_ int fd = -EBADF;
        char name_new[NAME_MAX + 1];
        FILE *f;
        int r;

        r = format_name(name, ".new", name_new, sizeof(name_new));
        if (r < 0)
                return r;

        if (unlinkat(directory, name_new, 0) < 0 && errno != ENOENT)
                return -errno;

        fd = openat(directory, name_new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd < 0)
                return -errno;

        f = fdopen(fd, "w");
        if (!f) {
                r = -errno;
                (void) unlinkat(directory, name_new, 0);
                return r;
        }

        (void) TAKE_FD(fd);
        *ret = f;
        return 0;
}

void file_replace_abort(int directory, const char *name, FILE *f) {
        char name_new[NAME_MAX + 1];

        if (f)
                (void) fclose(f);
        if (format_name(name, ".new", name_new, sizeof(name_new)) >= 0)
                (void) unlinkat(directory, name_new, 0);
}

int file_replace_commit(int directory, const char *name, FILE *f, bool sync) {
        char name_new[NAME_MAX + 1];
        int r;

        errno = 0;
        r = format_name(name, ".new", name_new, sizeof(name_new));
        if (r >= 0 && (ferror(f) || fflush(f) != 0))
                r = errno > 0 ? -errno : -EIO;
        if (r >= 0 && sync && fsync(fileno(f)) < 0)
                r = -errno;
        if (fclose(f) != 0 && r >= 0)
                r = -errno;
        if (r >= 0 && renameat(directory, name_new, directory, name) < 0)
                r = -errno;
        if (r < 0) {
                file_replace_abort(directory, name, NULL);
                return r;
        }

        /* The new name must reach the disk too, but the file is right already: an error here undoes nothing.
         */
        if (sync)
                (void) fsync(directory);
        return 0;
}

int file_set_aside(int directory, const char *name) {
        char name_bad[NAME_MAX + 1];
        int r;

        r = format_name(name, ".bad", name_bad, sizeof(name_bad));
        if (r < 0)
                return r;

        /* A directory and a file cannot replace each other. */
        (void) unlinkat(directory, name_bad, 0);
        (void) unlinkat(directory, name_bad, AT_REMOVEDIR);
        return renameat(directory, name, directory, name_bad) < 0 ? -errno : 0;
}
