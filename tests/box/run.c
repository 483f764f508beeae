/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Programs run as other users. The session of a process follows from its control group alone: a child that
 * moves itself there before it becomes the user belongs to that session for logind and polkit. */

#include <fcntl.h>
#include <glib-unix.h>
#include <grp.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

typedef struct {
        char *group; /* the session's cgroup.procs, or NULL */
        uid_t uid;
        gid_t gid;
        gid_t groups[64];
        int n_groups;
        bool terminal; /* standard input becomes its controlling one */
} Identity;

static void identity_free(gpointer p) {
        Identity *identity = p;

        g_free(identity->group);
        g_free(identity);
}

/* Between fork and exec: system calls only. */
static void identity_assume(gpointer p) {
        Identity *identity = p;

        if (identity->group) {
                int fd = open(identity->group, O_WRONLY | O_CLOEXEC);

                if (fd < 0 || write(fd, "0", 1) != 1)
                        _exit(127);
                close(fd);
        }
        (void) setsid();
        if (identity->terminal && ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0)
                _exit(127);
        if (setgroups((size_t) identity->n_groups, identity->groups) < 0 ||
                        setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
                        setresuid(identity->uid, identity->uid, identity->uid) < 0)
                _exit(127);
}

/* The line "0::/user.slice/…" of the session's leader. On a host with cgroup v1 there are more lines. */
static char *session_group(BoxSession *session, GError **error) {
        g_autofree char *path = NULL, *text = NULL;
        g_auto(GStrv) lines = NULL;

        path = g_strdup_printf("/proc/%d/cgroup", (int) session->leader);
        if (!g_file_get_contents(path, &text, NULL, error))
                return NULL;

        lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++)
                if (g_str_has_prefix(*line, "0::"))
                        return g_strdup_printf("/sys/fs/cgroup%s/cgroup.procs", *line + strlen("0::"));

        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s has no control group", session->unit);
        return NULL;
}

GSubprocessLauncher *box_launcher_new(const char *user,
                BoxSession *session,
                GSubprocessFlags flags,
                bool terminal,
                GError **error) {
        g_autoptr(GSubprocessLauncher) launcher = NULL;
        g_autofree char *group = NULL;
        Identity *identity;
        struct passwd *passwd;

        passwd = getpwnam(user);
        if (!passwd) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No user '%s'", user);
                return NULL;
        }
        if (session) {
                group = session_group(session, error);
                if (!group)
                        return NULL;
        }

        identity = g_new(Identity, 1);
        *identity = (Identity) {
                .group = g_steal_pointer(&group),
                .uid = passwd->pw_uid,
                .gid = passwd->pw_gid,
                .n_groups = G_N_ELEMENTS(identity->groups),
                .terminal = terminal,
        };
        g_assert_cmpint(getgrouplist(user, identity->gid, identity->groups, &identity->n_groups), >=, 0);

        launcher = g_subprocess_launcher_new(flags);
        g_subprocess_launcher_set_child_setup(launcher, identity_assume, identity, identity_free);
        g_subprocess_launcher_set_cwd(launcher, "/");
        g_subprocess_launcher_setenv(launcher, "HOME", passwd->pw_dir, TRUE);
        g_subprocess_launcher_setenv(launcher, "USER", user, TRUE);
        g_subprocess_launcher_setenv(launcher, "LOGNAME", user, TRUE);
        if (session) {
                g_autofree char *runtime = g_strdup_printf("/run/user/%u", (guint) session->uid);
                g_autofree char *bus = g_strdup_printf("unix:path=%s/bus", runtime);

                g_subprocess_launcher_setenv(launcher, "XDG_RUNTIME_DIR", runtime, TRUE);
                g_subprocess_launcher_setenv(launcher, "DBUS_SESSION_BUS_ADDRESS", bus, TRUE);
                g_subprocess_launcher_setenv(launcher, "XDG_SESSION_ID", session->id, TRUE);
        }
        return g_steal_pointer(&launcher);
}

GSubprocess *box_spawn(Box *box,
                const char *user,
                BoxSession *session,
                GSubprocessFlags flags,
                const char *const *command,
                GError **error) {
        g_autoptr(GSubprocessLauncher) launcher = box_launcher_new(user, session, flags, false, error);

        return launcher ? g_subprocess_launcher_spawnv(launcher, command, error) : NULL;
}

typedef struct {
        BoxResult *result;
        bool ended;
        GError **error;
} Run;

static void on_communicated(GObject *source, GAsyncResult *async, gpointer userdata) {
        Run *run = userdata;

        (void) g_subprocess_communicate_utf8_finish(
                        G_SUBPROCESS(source), async, &run->result->output, &run->result->errors, run->error);
        run->ended = true;
}

static bool run_ended(gpointer userdata) {
        return ((Run *) userdata)->ended;
}

BoxResult *box_run_as(Box *box,
                const char *user,
                BoxSession *session,
                const char *const *command,
                GError **error) {
        g_autoptr(BoxResult) result = g_new0(BoxResult, 1);
        g_autoptr(GSubprocess) child = NULL;
        g_autoptr(GError) failure = NULL;
        Run run = { .result = result, .error = &failure };
        bool late;

        child = box_spawn(box, user, session,
                        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, command, error);
        if (!child)
                return NULL;

        g_subprocess_communicate_utf8_async(child, NULL, NULL, on_communicated, &run);
        late = !box_wait(run_ended, &run, BOX_TIMEOUT_MSEC);
        if (late) {
                /* The callback must have run before `run` leaves the stack. Other processes that hold its
                 * pipes open are not killed. */
                g_subprocess_force_exit(child);
                g_assert_true(box_wait(run_ended, &run, BOX_TIMEOUT_MSEC));
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "'%s' did not end", command[0]);
                return NULL;
        }
        if (failure) {
                g_propagate_error(error, g_steal_pointer(&failure));
                return NULL;
        }

        result->status = g_subprocess_get_if_exited(child) ? g_subprocess_get_exit_status(child) :
                                                             128 + g_subprocess_get_term_sig(child);
        return g_steal_pointer(&result);
}

void box_result_free(BoxResult *result) {
        if (!result)
                return;

        g_free(result->output);
        g_free(result->errors);
        g_free(result);
}

/* ---- programs in the background ---- */

/* The program's end of a terminal or a pipe, as its standard streams; the test's end goes to *ret_fd. */
static bool connect_streams(GSubprocessLauncher *launcher, bool terminal, int *ret_fd, GError **error) {
        g_autofree char *tty = NULL;
        int fds[2];

        if (!terminal) {
                if (!g_unix_open_pipe(fds, FD_CLOEXEC, error))
                        return false;

                g_subprocess_launcher_take_stdout_fd(launcher, fds[1]);
                *ret_fd = fds[0];
                return true;
        }

        fds[0] = box_terminal_new(&tty, error);
        if (fds[0] < 0)
                return false;

        fds[1] = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
        g_assert_cmpint(fds[1], >=, 0);
        g_subprocess_launcher_take_stdin_fd(launcher, fds[1]);
        g_subprocess_launcher_take_stdout_fd(launcher, fcntl(fds[1], F_DUPFD_CLOEXEC, 3));
        *ret_fd = fds[0];
        return true;
}

BoxProgram *box_program_start(const char *user,
                BoxSession *session,
                bool terminal,
                const char *const *command,
                GError **error) {
        g_autoptr(GSubprocessLauncher) launcher = NULL;
        g_autoptr(BoxProgram) program = g_new(BoxProgram, 1);

        *program = (BoxProgram) { .screen = g_string_new(NULL), .fd = -EBADF };
        launcher = box_launcher_new(user, session, G_SUBPROCESS_FLAGS_STDERR_MERGE, terminal, error);
        if (!launcher || !connect_streams(launcher, terminal, &program->fd, error))
                return NULL;

        program->process = g_subprocess_launcher_spawnv(launcher, command, error);
        if (!program->process)
                return NULL;

        program->reader = box_read_into(program->fd, program->screen);
        return g_steal_pointer(&program);
}

bool box_program_wait_text(BoxProgram *program, const char *text, guint timeout_msec) {
        return box_wait_text(program->screen, text, timeout_msec);
}

bool box_program_type(BoxProgram *program, const char *text) {
        return box_type(program->fd, text);
}

static bool program_ended(gpointer userdata) {
        BoxProgram *program = userdata;

        return !g_subprocess_get_identifier(program->process) && g_source_is_destroyed(program->reader);
}

int box_program_wait(BoxProgram *program, guint timeout_msec) {
        if (!box_wait(program_ended, program, timeout_msec))
                return -1;

        return g_subprocess_get_if_exited(program->process) ?
                        g_subprocess_get_exit_status(program->process) :
                        128 + g_subprocess_get_term_sig(program->process);
}

void box_program_free(BoxProgram *program) {
        if (!program)
                return;

        if (program->process)
                g_subprocess_force_exit(program->process);
        g_clear_object(&program->process);
        box_read_end(program->reader);
        if (program->fd >= 0)
                close(program->fd);
        g_string_free(program->screen, TRUE);
        g_free(program);
}
