/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The file is lines of NAME=VALUE, an empty line after each job and after what follows them. In a value
 * every byte that is not a letter, a digit or one of -_./: is %XX, so no text can ever be taken for a line
 * of its own. */

#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "common/log.h"
#include "core/store.h"

#define STORE_FILE "jobs"
#define STORE_FILE_NEW "jobs.new"
#define BOOT_FILE "booted"

struct Store {
        int directory;
        FILE *file; /* while a new version is written */
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

        if (s->file)
                fclose(s->file);
        if (s->directory >= 0)
                close(s->directory);
        free(s);
        return NULL;
}

static void write_text(FILE *f, const char *name, const char *value) {
        fprintf(f, "%s=", name);
        for (const unsigned char *p = (const unsigned char *) strempty(value); *p; p++)
                if (isascii(*p) && (isalnum(*p) || strchr("-_./:", *p)))
                        fputc(*p, f);
                else
                        fprintf(f, "%%%02X", *p);
        fputc('\n', f);
}

static void write_number(FILE *f, const char *name, uint64_t value) {
        fprintf(f, "%s=%" PRIu64 "\n", name, value);
}

int store_begin(Store *s) {
        _cleanup_close_ int fd = -EBADF;

        if (s->file)
                fclose(s->file);
        s->file = NULL;

        fd = openat(s->directory, STORE_FILE_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                        0600);
        if (fd < 0)
                return -errno;

        s->file = fdopen(fd, "w");
        if (!s->file)
                return -errno;

        (void) TAKE_FD(fd);
        return 0;
}

int store_add(Store *s, const Job *j) {
        FILE *f = s->file;

        write_number(f, "Number", j->number);
        write_text(f, "Session", j->session.id);
        write_number(f, "Leader", j->session.leader);
        write_number(f, "Started", j->session.started);
        write_text(f, "Station", j->station);
        write_text(f, "User", j->user);
        write_number(f, "UID", j->uid);
        write_text(f, "Scope", j->scope);
        write_number(f, "Graphical", j->graphical);
        write_number(f, "Shared", j->shared);
        write_number(f, "BlockLogins", j->block_logins);
        write_text(f, "Plan", pending_kind_to_string(j->pending));
        write_text(f, "Reason", job_reason_to_string(j->reason));
        write_text(f, "Message", j->message);
        write_number(f, "ByUID", j->by_uid);
        write_text(f, "ByUser", j->by_user);
        write_text(f, "LostHubs", j->lost_hubs);
        write_number(f, "Created", j->created);
        write_number(f, "Grace", j->grace);
        write_number(f, "Deadline", j->deadline);
        write_text(f, "Phase", job_phase_to_string(j->phase));
        write_number(f, "ScopeStopped", j->scope_stopped);
        write_text(f, "Warned", job_warned_to_string(j->warned));
        fputc('\n', f);

        return ferror(f) ? -EIO : 0;
}

int store_add_pending(Store *s, const StoredPending *p) {
        FILE *f = s->file;

        write_text(f, "Follows", pending_kind_to_string(p->kind));
        write_number(f, "BlockLogins", p->block_logins);
        write_number(f, "Due", p->due);
        fputc('\n', f);

        return ferror(f) ? -EIO : 0;
}

int store_commit(Store *s) {
        FILE *f = TAKE_PTR(s->file);

        if (fclose(f) != 0)
                return -errno;
        if (renameat(s->directory, STORE_FILE_NEW, s->directory, STORE_FILE) < 0)
                return -errno;

        return 0;
}

/* Undoes write_text() in place. */
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

static int read_number(const char *value, uint64_t max, uint64_t *ret) {
        char *end;
        uint64_t n;

        errno = 0;
        n = strtoull(value, &end, 10);
        if (errno != 0 || end == value || *end || n > max || !isdigit((unsigned char) value[0]))
                return -EBADMSG;

        *ret = n;
        return 0;
}

/* What one of the pieces of the file is, a job or the pending, turns out as its lines are read. */
typedef struct Piece {
        Job job;
        StoredPending pending;
} Piece;

static int read_field(Piece *piece, const char *name, char *value) {
        Job *j = &piece->job;
        const struct {
                const char *name;
                char **field;
        } texts[] = {
                { "Session", &j->session.id },
                { "Station", &j->station },
                { "User", &j->user },
                { "Scope", &j->scope },
                { "Message", &j->message },
                { "ByUser", &j->by_user },
                { "LostHubs", &j->lost_hubs },
        };
        const struct {
                const char *name;
                usec_t *field;
        } times[] = {
                { "Started", &j->session.started },
                { "Created", &j->created },
                { "Grace", &j->grace },
                { "Deadline", &j->deadline },
                { "Due", &piece->pending.due },
        };
        uint64_t n;
        int r;

        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (streq(texts[i].name, name)) {
                        r = decode_text(value);
                        return r < 0 ? r : string_replace(texts[i].field, value);
                }

        if (streq(name, "Reason"))
                return j->reason = job_reason_from_string(value);
        if (streq(name, "Phase"))
                return j->phase = job_phase_from_string(value);
        if (streq(name, "Plan"))
                return j->pending = pending_kind_from_string(value);
        if (streq(name, "Follows"))
                return piece->pending.kind = pending_kind_from_string(value);
        if (streq(name, "Warned"))
                return j->warned = job_warned_from_string(value);

        r = read_number(value, USEC_INFINITY, &n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < ELEMENTSOF(times); i++)
                if (streq(times[i].name, name))
                        *times[i].field = n;

        if (streq(name, "Number"))
                j->number = (uint32_t) n;
        else if (streq(name, "Leader"))
                j->session.leader = (pid_t) n;
        else if (streq(name, "UID"))
                j->uid = (uid_t) n;
        else if (streq(name, "ByUID"))
                j->by_uid = (uid_t) n;
        else if (streq(name, "Graphical"))
                j->graphical = n;
        else if (streq(name, "Shared"))
                j->shared = n;
        else if (streq(name, "BlockLogins"))
                j->block_logins = piece->pending.block_logins = n;
        else if (streq(name, "ScopeStopped"))
                j->scope_stopped = n;

        return 0;
}

static bool is_complete(const Piece *piece) {
        const Job *j = &piece->job;

        if (piece->pending.kind != PENDING_NONE)
                return piece->pending.due > 0;

        return j->number > 0 && !isempty(j->session.id) && j->session.leader > 0 && j->station && j->user &&
                        j->scope && j->message && j->by_user && j->lost_hubs && j->created > 0 &&
                        j->deadline > 0;
}

/* One piece's lines, up to the empty one. Returns 1 with a piece, 0 at the end of the file, -EBADMSG for one
 * that cannot be read, whose lines are passed over all the same. */
static int read_piece(FILE *f, Piece *piece) {
        _cleanup_free_ char *line = NULL;
        bool any = false;
        size_t size = 0;
        ssize_t n;
        int r = 0;

        *piece = (Piece) { .job.uid = (uid_t) -1 };

        while ((n = getline(&line, &size, f)) > 0) {
                char *value;

                if (line[n - 1] == '\n')
                        line[n - 1] = '\0';
                if (!line[0])
                        break;
                any = true;

                value = strchr(line, '=');
                if (value)
                        *value++ = '\0';
                if (r >= 0)
                        r = value ? read_field(piece, line, value) : -EBADMSG;
        }

        if (!any)
                return 0;
        if (r >= 0 && !is_complete(piece))
                r = -EBADMSG;

        return r < 0 ? r : 1;
}

int store_mark_boot(Store *s) {
        _cleanup_close_ int fd = -EBADF;

        fd = openat(s->directory, BOOT_FILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return errno == EEXIST ? 0 : -errno;

        return 1;
}

int store_load(Store *s, StoredPending *pending, StoreHandler handler, void *userdata) {
        _cleanup_fclose_ FILE *f = NULL;
        _cleanup_close_ int fd = -EBADF;
        int r;

        fd = openat(s->directory, STORE_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;

        f = fdopen(fd, "r");
        if (!f)
                return -errno;
        (void) TAKE_FD(fd);

        for (;;) {
                Piece piece;

                r = read_piece(f, &piece);
                if (r > 0 && piece.pending.kind != PENDING_NONE)
                        *pending = piece.pending;
                else if (r > 0)
                        handler(&piece.job, userdata);
                else if (r < 0)
                        log_warning_errno(r, "A stored job or pending cannot be read, leaving it out: %m");

                job_done(&piece.job);
                if (r == 0)
                        return 0;
        }
}
