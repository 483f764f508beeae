/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The file is lines of NAME=VALUE. A record begins with a line "[type]" and ends with an empty one. In a
 * value every byte that is not a letter, a digit or one of -_./: is %XX, so no text can pass for a line of
 * its own.
 *
 * Records of usherd 0.1 have no first line: one with the field Follows is a pending action, any other is a
 * job. */

#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "common/file-replace.h"
#include "core/store.h"

#define STORE_FILE "jobs"
#define BOOT_FILE "booted"

struct StoreWriter {
        Store *store;
        FILE *file;
        bool any; /* a record was begun */
};

struct Store {
        int directory;
        StoreWriter writer; /* its file is NULL while nothing is written */
};

int store_new(Store **ret, const char *directory) {
        _cleanup_(store_freep) Store *s = NULL;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;
        *s = (Store) { .directory = open(directory, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_RDONLY) };
        if (s->directory < 0)
                return -errno;

        *ret = TAKE_PTR(s);
        return 0;
}

Store *store_free(Store *s) {
        if (!s)
                return NULL;

        if (s->writer.file)
                file_replace_abort(s->directory, STORE_FILE, s->writer.file);
        if (s->directory >= 0)
                close(s->directory);
        free(s);
        return NULL;
}

int store_begin(Store *s, StoreWriter **ret) {
        int r;

        s->writer = (StoreWriter) { .store = s };
        r = file_replace_open(s->directory, STORE_FILE, 0600, &s->writer.file);
        if (r < 0)
                return r;

        *ret = &s->writer;
        return 0;
}

int store_commit(StoreWriter *w) {
        return file_replace_commit(w->store->directory, STORE_FILE, TAKE_PTR(w->file), false);
}

void store_write_record(StoreWriter *w, const char *type) {
        fprintf(w->file, "%s[%s]\n", w->any ? "\n" : "", type);
        w->any = true;
}

void store_write_text(StoreWriter *w, const char *name, const char *value) {
        fprintf(w->file, "%s=", name);
        for (const unsigned char *p = (const unsigned char *) strempty(value); *p; p++)
                if (isascii(*p) && (isalnum(*p) || strchr("-_./:", *p)))
                        fputc(*p, w->file);
                else
                        fprintf(w->file, "%%%02X", *p);
        fputc('\n', w->file);
}

void store_write_number(StoreWriter *w, const char *name, uint64_t value) {
        fprintf(w->file, "%s=%" PRIu64 "\n", name, value);
}

/* Undoes store_write_text() in place. */
static int decode_text(char *s) {
        char *out = s;

        for (; *s; s++) {
                unsigned byte;

                if (*s != '%') {
                        *out++ = *s;
                        continue;
                }
                if (!isxdigit((unsigned char) s[1]) || !isxdigit((unsigned char) s[2]) ||
                                sscanf(s + 1, "%2x", &byte) != 1 || byte == 0)
                        return -EBADMSG;
                *out++ = (char) byte;
                s += 2;
        }

        *out = '\0';
        return 0;
}

const char *store_record_text(const StoreRecord *r, const char *name) {
        for (size_t i = 0; i < r->n_fields; i++)
                if (streq(r->fields[i].name, name))
                        return r->fields[i].value;

        return NULL;
}

int store_record_number(const StoreRecord *r, const char *name, uint64_t *ret) {
        const char *value = store_record_text(r, name);
        uint64_t n;
        char *end;

        if (!value)
                return -ENOENT;

        errno = 0;
        n = strtoull(value, &end, 10);
        if (errno != 0 || end == value || *end || !isdigit((unsigned char) value[0]))
                return -EBADMSG;

        *ret = n;
        return 0;
}

/* The lines of a record, as they are read. */
typedef struct Reader {
        char *lines[STORE_FIELDS_MAX + 1];
        size_t n_lines;
        bool any;
        bool malformed;
} Reader;

static void reader_clear(Reader *r) {
        for (size_t i = 0; i < r->n_lines; i++)
                free(r->lines[i]);
        *r = (Reader) {};
}

/* Reads the lines up to the empty one. Returns whether there were any. */
static bool reader_next(Reader *r, FILE *f) {
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        ssize_t n;

        while ((n = getline(&line, &size, f)) > 0) {
                if (line[n - 1] == '\n')
                        line[--n] = '\0';
                if (n == 0 && r->any)
                        return true;
                if (n == 0)
                        continue;

                r->any = true;
                if (r->n_lines >= ELEMENTSOF(r->lines) || strlen(line) != (size_t) n)
                        r->malformed = true;
                else
                        r->lines[r->n_lines++] = TAKE_PTR(line);
                size = line ? size : 0;
        }

        return r->any;
}

/* Cuts the lines into fields; the record points into them. */
static int reader_parse(Reader *r, StoreRecord *ret) {
        StoreRecord record = {};

        if (r->malformed)
                return -EBADMSG;

        for (size_t i = 0; i < r->n_lines; i++) {
                char *line = r->lines[i], *value;
                size_t n = strlen(line);

                if (i == 0 && line[0] == '[' && line[n - 1] == ']') {
                        line[n - 1] = '\0';
                        record.type = line + 1;
                        continue;
                }

                value = strchr(line, '=');
                if (!value || record.n_fields >= STORE_FIELDS_MAX)
                        return -EBADMSG;
                *value++ = '\0';
                if (decode_text(value) < 0)
                        return -EBADMSG;

                record.fields[record.n_fields].name = line;
                record.fields[record.n_fields++].value = value;
        }

        if (!record.type)
                record.type = store_record_text(&record, "Follows") ? "pending" : "Job";

        *ret = record;
        return 0;
}

static int open_file(Store *s, FILE **ret) {
        _cleanup_close_ int fd = -EBADF;
        struct stat st;
        FILE *f;

        fd = openat(s->directory, STORE_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EBADFD;
        if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
                return -EPERM;
        if ((uintmax_t) st.st_size > STORE_SIZE_MAX)
                return -EFBIG;

        f = fdopen(fd, "r");
        if (!f)
                return -errno;

        (void) TAKE_FD(fd);
        *ret = f;
        return 0;
}

int store_read(Store *s, StoreHandler handler, void *userdata) {
        _cleanup_fclose_ FILE *f = NULL;
        Reader reader = {};
        int r, malformed = 0;

        r = open_file(s, &f);
        if (r < 0)
                return r == -ENOENT ? 0 : r;

        while (reader_next(&reader, f)) {
                StoreRecord record;

                r = reader_parse(&reader, &record);
                if (r < 0)
                        malformed++;
                else
                        handler(&record, userdata);
                reader_clear(&reader);
        }

        return malformed;
}

int store_set_aside(Store *s) {
        return file_set_aside(s->directory, STORE_FILE);
}

int store_mark_boot(Store *s) {
        _cleanup_close_ int fd = -EBADF;

        fd = openat(s->directory, BOOT_FILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return errno == EEXIST ? 0 : -errno;

        return 1;
}
