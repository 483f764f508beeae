/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Anybody who can write the file, or put another one in its place, decides what every administrator sees. So
 * neither it nor its directory is followed, opened or replaced unless it is a plain one of usherd's that
 * nobody else can write to. A link, a pipe or a device in its place is an error and stays for an
 * administrator to look at. */

#include <fcntl.h>
#include <sys/stat.h>

#include "common/file-replace.h"
#include "common/log.h"
#include "common/seat-id.h"
#include "feature/label-check.h"
#include "feature/label-file.h"

#define LABELS_FILE "labels"

/* The largest file that usherd writes, in bytes: each line has a station's id, a space, a label and a line
 * feed. */
#define LABELS_SIZE_MAX (LABELS_MAX * (255 + LABEL_CHARACTERS_MAX * 4 + 2))

struct Labels {
        char *path;
        int directory; /* while a new version is written */
        FILE *file;    /* that version */
};

/* Warnings about one file: a damaged one must not fill the journal. */
#define WARNINGS_MAX 10U

/* What was read of the file so far. */
typedef struct Reader {
        char *stations[LABELS_MAX];
        char *labels[LABELS_MAX];
        size_t n;
} Reader;

int labels_new(Labels **ret, const char *directory) {
        _cleanup_(labels_freep) Labels *l = NULL;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;
        *l = (Labels) { .path = strdup(directory), .directory = -EBADF };
        if (!l->path)
                return -ENOMEM;

        *ret = TAKE_PTR(l);
        return 0;
}

static void labels_close(Labels *l) {
        l->file = NULL;
        closep(&l->directory);
        l->directory = -EBADF;
}

void labels_abort(Labels *l) {
        if (l->file)
                file_replace_abort(l->directory, LABELS_FILE, l->file);
        labels_close(l);
}

Labels *labels_free(Labels *l) {
        if (!l)
                return NULL;

        labels_abort(l);
        free(l->path);
        free(l);
        return NULL;
}

/* Whether usherd owns it and nobody else can write to it. */
static int check_ours(int fd, mode_t type) {
        struct stat st;

        if (fstat(fd, &st) < 0)
                return -errno;
        if ((st.st_mode & S_IFMT) != type)
                return S_ISDIR(st.st_mode) ? -EISDIR : -EBADFD;
        if (type == S_IFREG && (uintmax_t) st.st_size > LABELS_SIZE_MAX)
                return -EFBIG;

        return st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH)) ? 0 : -EPERM;
}

static int open_directory(const Labels *l) {
        _cleanup_close_ int fd = -EBADF;
        int r;

        fd = open(l->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return -errno;

        r = check_ours(fd, S_IFDIR);
        return r < 0 ? r : TAKE_FD(fd);
}

static int open_file(int directory) {
        _cleanup_close_ int fd = -EBADF;
        int r;

        fd = openat(directory, LABELS_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
                return -errno;

        r = check_ours(fd, S_IFREG);
        return r < 0 ? r : TAKE_FD(fd);
}

static void reader_done(Reader *reader) {
        for (size_t i = 0; i < reader->n; i++) {
                free(reader->stations[i]);
                free(reader->labels[i]);
        }
}

/* Reads "ID LABEL". Returns what is wrong with it, or NULL. */
static const char *read_line(Reader *reader, char *line, ssize_t length) {
        size_t n = (size_t) length;
        char *label;

        if (n > 0 && line[n - 1] == '\n')
                line[--n] = '\0';
        if (strlen(line) != n)
                return "it contains a NUL byte";

        label = strchr(line, ' ');
        if (!label)
                return "no id and label";
        *label++ = '\0';

        if (!seat_id_is_valid(line))
                return "invalid station id";
        if (label_check(label) != LABEL_GOOD && !streq(label, line))
                return "invalid label";

        for (size_t i = 0; i < reader->n; i++)
                if (streq_ptr(reader->stations[i], line) || streq_ptr(reader->labels[i], label))
                        return "the station or the label occurs twice";
        if (reader->n >= LABELS_MAX)
                return "too many labels";

        reader->stations[reader->n] = strdup(line);
        reader->labels[reader->n] = strdup(label);
        reader->n++;
        return reader->stations[reader->n - 1] && reader->labels[reader->n - 1] ? NULL : "out of memory";
}

static int read_lines(FILE *f, const char *directory, Reader *reader) {
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        unsigned number = 0, warnings = 0;
        ssize_t n;

        while ((n = getline(&line, &size, f)) > 0) {
                const char *problem;

                problem = read_line(reader, line, n);
                number++;
                if (problem && warnings++ < WARNINGS_MAX)
                        log_warning("%s/" LABELS_FILE ":%u: %s, ignoring the line.", directory, number,
                                        problem);
        }

        if (warnings > WARNINGS_MAX)
                log_warning("%s/" LABELS_FILE ": %u more malformed lines, ignoring them.", directory,
                                warnings - WARNINGS_MAX);

        return feof(f) ? 0 : -EIO;
}

int labels_read_stream(FILE *f, const char *directory, LabelsHandler handler, void *userdata) {
        _cleanup_(reader_done) Reader reader = {};
        int r;

        r = read_lines(f, directory, &reader);
        if (r < 0)
                return r;

        for (size_t i = 0; i < reader.n; i++)
                if (reader.stations[i] && reader.labels[i])
                        handler(reader.stations[i], reader.labels[i], userdata);

        return 0;
}

int labels_load(Labels *l, LabelsHandler handler, void *userdata) {
        _cleanup_close_ int directory = -EBADF, fd = -EBADF;
        _cleanup_fclose_ FILE *f = NULL;

        directory = open_directory(l);
        if (directory < 0)
                return directory == -ENOENT ? 0 : directory;

        fd = open_file(directory);
        if (fd < 0)
                return fd == -ENOENT ? 0 : fd;

        f = fdopen(fd, "r");
        if (!f)
                return -errno;
        (void) TAKE_FD(fd);

        return labels_read_stream(f, l->path, handler, userdata);
}

const char *labels_problem(int r) {
        switch (r) {
        case -ELOOP:
        case -ENOTDIR:
                return "a link or a file is in the place of the labels or their directory";
        case -EISDIR:
        case -EBADFD:
                return "what is in the place of the labels is not a regular file";
        case -EEXIST:
                return "another station has this label";
        case -EFBIG:
                return "the file is larger than usherd writes it";
        case -EPERM:
                return "somebody else owns the labels or can write to them";
        default:
                return strerror(-r);
        }
}

/* Only a file that usherd wrote is replaced. */
static int check_replaceable(int directory) {
        _cleanup_close_ int fd = open_file(directory);

        return fd >= 0 || fd == -ENOENT ? 0 : fd;
}

static int begin(Labels *l) {
        int r;

        /* systemd creates it (StateDirectory=), but not if usherd is started by hand. */
        if (mkdir(l->path, 0755) < 0 && errno != EEXIST)
                return -errno;

        l->directory = open_directory(l);
        if (l->directory < 0)
                return l->directory;

        r = check_replaceable(l->directory);
        if (r < 0)
                return r;

        return file_replace_open(l->directory, LABELS_FILE, 0644, &l->file);
}

int labels_begin(Labels *l) {
        int r;

        labels_abort(l);
        r = begin(l);
        if (r < 0)
                labels_abort(l);

        return r;
}

int labels_add(Labels *l, const char *station, const char *label) {
        return fprintf(l->file, "%s %s\n", station, label) < 0 ? -EIO : 0;
}

int labels_commit(Labels *l) {
        int r;

        r = file_replace_commit(l->directory, LABELS_FILE, l->file, true);
        labels_close(l);
        return r;
}
