/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <systemd/sd-login.h>

#include "common/macro.h"
#include "identify/display.h"

/* A session has a Wayland and an X display, and perhaps others nested in them. */
#define DISPLAYS_MAX 8U

/* In bytes. The programs of a display manager have less. */
#define ENVIRONMENT_MAX (256 * 1024)

typedef struct Search {
        const char *session;
        char *only;   /* the X display that logind reports for the session, or NULL */
        bool wayland; /* the session may have a Wayland compositor */
        bool manager; /* programs of the user's service manager belong to the session */
        Display displays[DISPLAYS_MAX];
        size_t n_displays;
} Search;

/* Whether this is a display of this machine, ":0" or ":0.0". Another one may be a remote screen. */
static bool is_local(const char *name) {
        size_t n;

        if (name[0] != ':')
                return false;
        n = strspn(name + 1, "0123456789");
        return n > 0 && n <= 5 && (name[1 + n] == '\0' || name[1 + n] == '.');
}

/* ":0" and ":0.0" are the same display. */
static bool is_same_display(const char *a, const char *b) {
        size_t n = strcspn(a, ".");

        return n == strcspn(b, ".") && strncmp(a, b, n) == 0;
}

static bool is_known(const Search *s, const char *name, const char *authority) {
        for (size_t i = 0; i < s->n_displays; i++)
                if (streq(s->displays[i].name, name) && streq_ptr(s->displays[i].authority, authority))
                        return true;

        return false;
}

static int add(Search *s, bool wayland, const char *name, const char *authority) {
        Display d;

        if (s->n_displays >= DISPLAYS_MAX || is_known(s, name, authority))
                return 0;

        d = (Display) {
                .wayland = wayland,
                .name = strdup(name),
                .authority = authority ? strdup(authority) : NULL,
        };
        if (!d.name || (authority && !d.authority)) {
                free(d.name);
                free(d.authority);
                return -ENOMEM;
        }

        s->displays[s->n_displays++] = d;
        return 0;
}

static int add_x(Search *s, const char *name, const char *authority) {
        if (!name || !is_local(name) || (s->only && !is_same_display(s->only, name)))
                return 0;

        return add(s, false, name, authority);
}

/* The socket is in the user's runtime directory, unless its name is a whole path. */
static int add_wayland(Search *s, const char *name, const char *directory) {
        char path[PATH_MAX];

        if (!s->wayland || isempty(name) || (name[0] != '/' && (!directory || directory[0] != '/')))
                return 0;

        if (name[0] == '/')
                return add(s, true, name, NULL);

        if ((size_t) snprintf(path, sizeof(path), "%s/%s", directory, name) >= sizeof(path))
                return 0;

        return add(s, true, path, NULL);
}

/* Finds a variable in a block of NUL-terminated strings and returns its value. */
static const char *find_variable(const char *block, size_t size, const char *name) {
        size_t n = strlen(name);

        for (const char *p = block; p < block + size; p += strlen(p) + 1)
                if (strncmp(p, name, n) == 0 && p[n] == '=')
                        return p + n + 1;

        return NULL;
}

static int look_at_environment(Search *s, int proc, const char *pid) {
        _cleanup_free_ char *block = NULL;
        _cleanup_close_ int fd = -EBADF;
        char path[64];
        size_t size;
        ssize_t n;
        int r;

        (void) snprintf(path, sizeof(path), "%.16s/environ", pid);
        fd = openat(proc, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
                return 0; /* the process is gone, or may not be read */

        block = malloc(ENVIRONMENT_MAX + 1);
        if (!block)
                return -ENOMEM;
        for (size = 0; size < ENVIRONMENT_MAX; size += (size_t) n) {
                n = read(fd, block + size, ENVIRONMENT_MAX - size);
                if (n <= 0)
                        break;
        }
        block[size] = '\0';

        r = add_wayland(s, find_variable(block, size, "WAYLAND_DISPLAY"),
                        find_variable(block, size, "XDG_RUNTIME_DIR"));
        if (r < 0)
                return r;

        return add_x(s, find_variable(block, size, "DISPLAY"), find_variable(block, size, "XAUTHORITY"));
}

/* Whether a process belongs to the session: it is in the session's scope or below the user's service
 * manager, where desktops that consist of units run. */
static bool is_in_session(const Search *s, pid_t pid) {
        _cleanup_free_ char *session = NULL;
        uid_t uid;

        if (sd_pid_get_session(pid, &session) >= 0)
                return streq(session, s->session);

        return s->manager && sd_pid_get_owner_uid(pid, &uid) >= 0 && uid == getuid();
}

static int look_at_process(Search *s, int proc, const char *name) {
        struct stat st;
        char *end;
        long pid;

        errno = 0;
        pid = strtol(name, &end, 10);
        if (errno != 0 || end == name || *end || pid <= 0)
                return 0;
        if (fstatat(proc, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_uid != getuid() ||
                        !is_in_session(s, (pid_t) pid))
                return 0;

        return look_at_environment(s, proc, name);
}

static int look_at_processes(Search *s) {
        _cleanup_closedir_ DIR *proc = opendir("/proc");
        const struct dirent *entry;
        int r = 0;

        if (!proc)
                return -errno;

        while (r >= 0 && s->n_displays < DISPLAYS_MAX && (entry = readdir(proc)))
                r = look_at_process(s, dirfd(proc), entry->d_name);

        return r;
}

static void displays_done(Display *displays, size_t n) {
        for (size_t i = 0; i < n; i++) {
                free(displays[i].name);
                free(displays[i].authority);
        }
}

Display *display_list_free(Display *displays, size_t n) {
        displays_done(displays, n);
        free(displays);
        return NULL;
}

static void search_done(Search *s) {
        displays_done(s->displays, s->n_displays);
        free(s->only);
}

int display_list(const char *session, Display **ret, size_t *ret_n) {
        _cleanup_(search_done) Search s = { .session = session };
        _cleanup_free_ char *main_session = NULL, *type = NULL;
        Display *displays;
        size_t n = 0;
        int r;

        if (sd_session_get_display(session, &s.only) >= 0 && !is_local(s.only)) {
                free(s.only);
                s.only = NULL;
        }

        /* In an X session a compositor is only a window. */
        s.wayland = sd_session_get_type(session, &type) >= 0 && !streq(type, "x11");

        /* The service manager has the environment of one session: the one that logind calls the user's
         * display. */
        s.manager = sd_uid_get_display(getuid(), &main_session) >= 0 && streq(main_session, session);

        r = look_at_processes(&s);
        if (r < 0)
                return r;

        /* A server that admits the user by UID needs no key. */
        if (s.only && s.n_displays == 0) {
                r = add_x(&s, s.only, NULL);
                if (r < 0)
                        return r;
        }

        displays = calloc(s.n_displays + 1, sizeof(*displays));
        if (!displays)
                return -ENOMEM;
        for (int wayland = true; wayland >= false; wayland--)
                for (size_t i = 0; i < s.n_displays; i++)
                        if (s.displays[i].wayland == wayland)
                                displays[n++] = s.displays[i];
        *ret = displays;
        *ret_n = s.n_displays;
        s.n_displays = 0;
        return 0;
}
