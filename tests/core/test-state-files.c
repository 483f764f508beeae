/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever is in the place of a file that usherd reads at its start: usherd starts, says in one line what is
 * wrong, and works. tests/bus/test-labels.c is about the labels. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/config-file.h"
#include "house.h"

#define HUGE_SIZE (100 * 1024 * 1024)
#define SOMEBODY_ELSE 65534

static const Feature *const no_features[] = { NULL };

typedef enum { EMPTY, CORRUPT, HUGE_FILE, FOREIGN, WRITABLE, LINK, LOOP, FIFO, DIRECTORY, KINDS } Kind;

static const char *const kinds[] = { "empty", "corrupt", "huge", "foreign", "writable", "link", "loop",
        "fifo", "directory" };

static void write_to(const char *path, const char *text, mode_t mode) {
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        g_assert_no_errno(chmod(path, mode));
}

static void put(const char *path, Kind kind, const char *text) {
        g_autofree char *ended = NULL;

        switch (kind) {
        case EMPTY:
                write_to(path, "", 0600);
                break;
        case CORRUPT:
                write_to(path, "\x01\xff\nNumber=1\n[\n\n=\n", 0600);
                break;
        case HUGE_FILE:
                ended = g_strconcat(text, "\n\n", NULL);
                write_to(path, ended, 0600);
                g_assert_no_errno(truncate(path, HUGE_SIZE));
                break;
        case FOREIGN:
                write_to(path, text, 0600);
                g_assert_no_errno(chown(path, SOMEBODY_ELSE, SOMEBODY_ELSE));
                break;
        case WRITABLE:
                write_to(path, text, 0666);
                break;
        case LINK:
                g_assert_no_errno(symlink("/dev/zero", path));
                break;
        case LOOP:
                g_assert_no_errno(symlink(path, path));
                break;
        case FIFO:
                g_assert_no_errno(mkfifo(path, 0600));
                break;
        default:
                g_assert_no_errno(mkdir(path, 0700));
        }
}

/* What is logged from here on; standard error goes there. */
typedef struct {
        int fd, standard;
} Log;

static Log log_begin(void) {
        Log l = { memfd_create("log", MFD_CLOEXEC), fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) };

        g_assert_no_errno(l.fd);
        g_assert_no_errno(l.standard);
        g_assert_no_errno(dup2(l.fd, STDERR_FILENO));
        return l;
}

static char *log_end(Log *l) {
        g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", l->fd);
        char *text;

        g_assert_no_errno(dup2(l->standard, STDERR_FILENO));
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        close(l->fd);
        close(l->standard);
        return text;
}

static guint count(const char *text, const char *part) {
        guint n = 0;

        while ((text = strstr(text, part))) {
                text += strlen(part);
                n++;
        }
        return n;
}

static void assert_lines(const char *text, guint expected, const char *about) {
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        guint n = 0;

        for (char **line = lines; *line; line++)
                if (**line && !strstr(*line, "udev is not running")) {
                        n++;
                        g_assert_nonnull(strstr(*line, about));
                }
        if (n != expected)
                g_test_message("%s", text);
        g_assert_cmpuint(n, ==, expected);
}

static JobRunner *log_off_and_block(House *h) {
        const JobRequest request = { .grace = 60 * USEC_PER_SEC, .by_user = "root", .block_logins = true };

        return house_start_job(h, house_apply(h, house_info(h, "1", 1001, "seat0")), &request);
}

/* The bytes of a valid file, which count only if it is usherd's own. */
static char *valid(const char *name) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = g_build_filename(h->directory, name, NULL);
        char *text;

        log_off_and_block(h);
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        return text;
}

static void check(const char *name, Kind kind, guint lines, const char *about) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *path = g_build_filename(h->directory, name, NULL), *text = valid(name),
                        *said = NULL;
        Log l;

        h->manager = manager_free(h->manager);
        (void) g_remove(path);
        put(path, kind, text);

        l = log_begin();
        house_restart(h, no_features);
        said = log_end(&l);
        g_test_message("%s", kinds[kind]);
        assert_lines(said, lines, about);
        g_assert_cmpuint(jobs_count(h->manager), ==, 0);

        /* And all is well from then on. */
        log_off_and_block(h);
        g_assert_true(house_has_file(h, "nologin-file"));
        house_restart(h, no_features);
        g_assert_cmpuint(jobs_count(h->manager), ==, 1);
        g_assert_cmpint(job_runner_cancel(jobs_find_number(h->manager, 1)), ==, 0);
        house_settle(h);
        g_assert_false(house_has_file(h, "nologin-file"));
}

static void test_jobs(void) {
        for (Kind kind = 0; kind < KINDS; kind++)
                check("jobs", kind, kind != EMPTY, "live jobs");
}

static void test_who_made_nologin(void) {
        for (Kind kind = 0; kind < KINDS; kind++)
                check("nologin", kind, 1, "nologin");
}

/* Nothing is ever read from it. */
static void test_whether_it_is_the_first_start(void) {
        for (Kind kind = 0; kind < KINDS; kind++) {
                g_autoptr(House) h = house_new(no_features);
                g_autofree char *path = g_build_filename(h->directory, "booted", NULL);

                put(path, kind, "");
                g_assert_cmpint(store_mark_boot(h->manager->store), ==, 0);
        }
}

/* An administrator may link, share and own it as they like; what it cannot be is read without end. */
static void test_configuration(void) {
        g_autofree char *root = g_dir_make_tmp("usher-state-XXXXXX", NULL);
        g_autofree char *directory = g_strdup_printf("%s/etc/usher", root);
        g_autofree char *path = g_strdup_printf("%s/usherd.conf", directory);

        g_assert_no_errno(g_mkdir_with_parents(directory, 0755));
        g_setenv(CONFIG_ROOT_VARIABLE, root, TRUE);
        for (Kind kind = 0; kind < KINDS; kind++) {
                bool is_good = kind == EMPTY || kind == FOREIGN || kind == WRITABLE;
                g_autofree char *said = NULL;
                Config config;
                Log l;

                put(path, kind, "[LogOff]\nGraceSec=7\n");
                l = log_begin();
                g_assert_cmpint(config_load(&config), ==, kind == CORRUPT ? 4 : !is_good);
                said = log_end(&l);
                g_test_message("%s", kinds[kind]);
                assert_lines(said, kind == CORRUPT ? 4 : !is_good, "usherd.conf");
                g_assert_cmpuint(config.grace_usec, ==, (is_good && kind != EMPTY ? 7 : 60) * USEC_PER_SEC);
                g_assert_no_errno(g_remove(path));
        }
        g_unsetenv(CONFIG_ROOT_VARIABLE);
        g_assert_no_errno(g_rmdir(directory));
}

/* The disk was full when somebody cancelled: as soon as there is room, the job is forgotten there too. */
static void test_a_store_that_could_not_be_written(void) {
        g_autoptr(House) h = house_new(no_features);
        g_autofree char *obstacle = g_build_filename(h->directory, "jobs.new", NULL), *said = NULL,
                        *text = NULL;
        g_autofree char *path = g_build_filename(h->directory, "jobs", NULL);
        JobRunner *j = log_off_and_block(h);
        Log l;

        house_seat(h, "seat0");
        house_settle(h);
        g_assert_no_errno(mkdir(obstacle, 0700));
        l = log_begin();
        g_assert_cmpint(job_runner_cancel(j), ==, 0);
        for (guint i = 0; i < 3; i++) {
                manager_station_changed(h->manager, "seat0", STATION_CHANGED_DEVICES);
                house_settle(h);
        }
        said = log_end(&l);
        g_assert_cmpuint(count(said, "Failed to store the live jobs"), ==, 1);

        g_assert_no_errno(rmdir(obstacle));
        manager_station_changed(h->manager, "seat0", STATION_CHANGED_DEVICES);
        house_settle(h);
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_assert_cmpstr(text, ==, "");
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/state-files/jobs", test_jobs);
        g_test_add_func("/state-files/who-made-nologin", test_who_made_nologin);
        g_test_add_func("/state-files/whether-it-is-the-first-start", test_whether_it_is_the_first_start);
        g_test_add_func("/state-files/configuration", test_configuration);
        g_test_add_func("/state-files/a-store-that-could-not-be-written",
                        test_a_store_that_could_not_be_written);
        return g_test_run();
}
