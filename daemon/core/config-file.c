/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The main file is the first one found in three directories. The drop-ins of all directories are merged by
 * name, and read in the order of their names. A mistake in a file is logged with its place and the earlier
 * value stays: a typo must not leave a school without its log-offs.
 *
 * inih parses the syntax. It gets one whole line at a time, so that the line counter here is right and an
 * overlong line is refused instead of read as two. */

#include <fcntl.h>
#include <ini.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "build-config.h"
#include "common/log.h"
#include "common/text.h"
#include "core/config-file.h"

/* A file of settings has about a page. A much larger file is something else. */
#define FILE_SIZE_MAX (64U * 1024U)
#define DROP_INS_MAX 256U

/* Warnings about one file that are logged; of the others only the number. */
#define FILE_WARNINGS_MAX 20

/* In the order of precedence. */
static const char *const directories[] = { SYSCONFDIR "/usher", "/run/usher", CONFIG_VENDOR_DIR "/usher" };

/* One file while it is read. */
typedef struct Reading {
        Config *config;
        const char *name;
        const char *next, *end; /* the part of its text that is not read yet */
        unsigned line;
        char section[256]; /* inih truncates long section names, and a label may be long */
        int n_warnings;
        int error; /* 0 or -ENOMEM */
} Reading;

static void warn_line(Reading *r, const char *problem) {
        if (++r->n_warnings <= FILE_WARNINGS_MAX)
                log_warning("%s:%u: %s, ignoring.", r->name, r->line, problem);
}

/* Takes the next line from the text: its start, without leading spaces, and its length. */
static const char *next_line(Reading *r, size_t *ret_length) {
        const char *line = r->next, *newline = memchr(line, '\n', r->end - line),
                   *end = newline ? newline : r->end;

        r->next = newline ? newline + 1 : r->end;
        r->line++;

        if (r->line == 1 && end - line >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
                line += 3;
        while (line < end && strchr(" \t\r\f\v", *line) && *line)
                line++;

        *ret_length = end - line;
        return line;
}

/* Reads "[Name]", as a whole line. A name too long for this buffer is too long for any section. */
static void note_section(Reading *r, const char *line) {
        int n = (int) strcspn(line + 1, "]");

        if (snprintf(r->section, sizeof(r->section), "%.*s", n, line + 1) >= (int) sizeof(r->section))
                strcpy(r->section, "?");
}

/* Passes one line at a time to inih, or an empty one where inih has nothing to parse. */
static char *read_line(char *buffer, int size, void *userdata) {
        Reading *r = userdata;
        const char *line;
        size_t length;

        if (r->next == r->end)
                return NULL;

        line = next_line(r, &length);
        buffer[0] = '\0';

        if (length == 0 || *line == '#' || *line == ';')
                return buffer;

        /* Lines after an invalid heading must not end up in the section before it. */
        if (*line == '[')
                strcpy(r->section, "?");

        if (memchr(line, '\0', length))
                warn_line(r, "There is a zero byte in this line");
        else if (length >= (size_t) size)
                warn_line(r, "This line is too long");
        else if (*line == '[' && !memchr(line, ']', length)) {
                warn_line(r, "A ']' is missing");
                strcpy(buffer, "[?]");
        } else if (*line != '[' && line[strcspn(line, "=:\n")] != '=')
                warn_line(r, "This is neither a [section] nor a setting");
        else {
                memcpy(buffer, line, length);
                buffer[length] = '\0';
                if (*line == '[')
                        note_section(r, buffer);
        }

        return buffer;
}

static int handle_setting(void *userdata, const char *section, const char *key, const char *value) {
        _cleanup_free_ char *problem = NULL;
        Reading *r = userdata;
        int k;

        k = config_apply_line(r->config, r->section, key, value, &problem);
        if (k == -ENOMEM)
                r->error = k;
        else if (k < 0)
                warn_line(r, problem);

        return 1;
}

int config_read_stream(Config *c, FILE *f, const char *name) {
        _cleanup_free_ char *text = NULL;
        Reading reading;
        size_t n;

        text = malloc(FILE_SIZE_MAX + 2);
        if (!text)
                return -ENOMEM;

        n = fread(text, 1, FILE_SIZE_MAX + 1, f);
        if (ferror(f)) {
                log_warning_errno(errno, "Failed to read '%s', ignoring: %m", name);
                return 1;
        }
        if (n > FILE_SIZE_MAX) {
                log_warning("'%s' has more than %u bytes, ignoring.", name, FILE_SIZE_MAX);
                return 1;
        }
        text[n] = '\0';

        reading = (Reading) { .config = c, .name = name, .next = text, .end = text + n };
        if (ini_parse_stream(read_line, &reading, handle_setting, &reading) == -2 || reading.error < 0)
                return -ENOMEM;

        if (reading.n_warnings > FILE_WARNINGS_MAX)
                log_warning("'%s' has %d more lines that are wrong.", name,
                                reading.n_warnings - FILE_WARNINGS_MAX);

        return reading.n_warnings;
}

/* Returns the number of warnings, -ENOENT if the file does not exist, or -ENOMEM. */
static int read_file(Config *c, const char *path) {
        _cleanup_close_ int fd = -EBADF;
        _cleanup_fclose_ FILE *f = NULL;
        struct stat st;

        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0) {
                if (errno == ENOENT)
                        return -ENOENT;
                log_warning_errno(errno, "Failed to open '%s', ignoring: %m", path);
                return 1;
        }

        if (fstat(fd, &st) < 0) {
                log_warning_errno(errno, "Failed to look at '%s', ignoring: %m", path);
                return 1;
        }
        /* A link to /dev/null is how an administrator masks a file. */
        if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
                return 0;
        if (!S_ISREG(st.st_mode)) {
                log_warning("'%s' is not a regular file, ignoring.", path);
                return 1;
        }

        f = fdopen(fd, "re");
        if (!f)
                return -ENOMEM;
        TAKE_FD(fd);

        return config_read_stream(c, f, path);
}

static char *config_path(const char *directory, const char *name) {
        const char *root = getenv(CONFIG_ROOT_VARIABLE);
        char *path;

        return asprintf(&path, "%s%s/%s", strempty(root), directory, name) < 0 ? NULL : path;
}

static int read_main_file(Config *c) {
        int r;

        for (size_t i = 0; i < ELEMENTSOF(directories); i++) {
                _cleanup_free_ char *path = config_path(directories[i], "usherd.conf");

                if (!path)
                        return -ENOMEM;

                r = read_file(c, path);
                if (r != -ENOENT)
                        return r;
        }

        return 0;
}

typedef struct DropIns {
        char *names[DROP_INS_MAX];
        char *paths[DROP_INS_MAX];
        size_t n;
        int n_warnings;
} DropIns;

static void drop_ins_done(DropIns *d) {
        for (size_t i = 0; i < d->n; i++) {
                free(d->names[i]);
                free(d->paths[i]);
        }
}

static bool is_drop_in_name(const char *name) {
        size_t n = strlen(name);

        return name[0] != '.' && n > strlen(".conf") && streq(name + n - strlen(".conf"), ".conf");
}

/* Keeps the names sorted. A name that is there already comes from a directory of higher precedence. */
static int add_drop_in(DropIns *d, const char *directory, const char *name) {
        _cleanup_free_ char *copy = NULL, *path = NULL;
        size_t i;

        for (i = 0; i < d->n && strcmp(d->names[i], name) < 0; i++)
                ;
        if (i < d->n && streq(d->names[i], name))
                return 0;
        if (d->n >= DROP_INS_MAX)
                return -ENOSPC;

        copy = strdup(name);
        if (!copy || asprintf(&path, "%s/%s", directory, name) < 0) {
                path = NULL;
                return -ENOMEM;
        }

        memmove(d->names + i + 1, d->names + i, (d->n - i) * sizeof(char *));
        memmove(d->paths + i + 1, d->paths + i, (d->n - i) * sizeof(char *));
        d->names[i] = TAKE_PTR(copy);
        d->paths[i] = TAKE_PTR(path);
        d->n++;
        return 0;
}

static int find_drop_ins(DropIns *d, const char *directory) {
        _cleanup_closedir_ DIR *dir = NULL;
        struct dirent *entry;
        int r;

        dir = opendir(directory);
        if (!dir) {
                if (errno != ENOENT) {
                        log_warning_errno(errno, "Failed to open '%s', ignoring: %m", directory);
                        d->n_warnings++;
                }
                return 0;
        }

        while ((entry = readdir(dir))) {
                if (!is_drop_in_name(entry->d_name))
                        continue;

                r = add_drop_in(d, directory, entry->d_name);
                if (r == -ENOSPC) {
                        log_warning("There are more than %u drop-ins, ignoring what is left in '%s'.",
                                        DROP_INS_MAX, directory);
                        d->n_warnings++;
                        return 0;
                }
                if (r < 0)
                        return r;
        }

        return 0;
}

static int read_drop_ins(Config *c) {
        _cleanup_(drop_ins_done) DropIns d = {};
        int r;

        for (size_t i = 0; i < ELEMENTSOF(directories); i++) {
                _cleanup_free_ char *path = config_path(directories[i], "usherd.conf.d");

                if (!path)
                        return -ENOMEM;

                r = find_drop_ins(&d, path);
                if (r < 0)
                        return r;
        }

        for (size_t i = 0; i < d.n; i++) {
                r = read_file(c, d.paths[i]);
                if (r == -ENOMEM)
                        return r;
                if (r > 0)
                        d.n_warnings += r;
        }

        return d.n_warnings;
}

static void warn_finish(const char *problem, void *userdata) {
        int *n = userdata;

        log_warning("Configuration: %s.", problem);
        (*n)++;
}

int config_load(Config *ret) {
        int n, n_drop_ins;
        Config c;

        config_init(&c);

        n = read_main_file(&c);
        if (n < 0)
                return n;
        n_drop_ins = read_drop_ins(&c);
        if (n_drop_ins < 0)
                return n_drop_ins;
        n += n_drop_ins;

        config_finish(&c, warn_finish, &n);
        *ret = c;
        return n;
}
