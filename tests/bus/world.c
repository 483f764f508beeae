/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "world.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static const struct {
        const char *name;
        uid_t uid;
} users[] = {
        { "ada", ADA },
        { "ben", BEN },
        { "teacher", TEACHER },
        { "mallory", MALLORY },
        { "head", HEAD },
        { "large", LARGE },
};

/* Skips as the Test Anything Protocol does: exit code 77 would be an error to a TAP reader. */
static void skip(const char *why) {
        g_print("1..0 # SKIP %s\n", why);
        exit(0);
}

/* Mounts a file over one of the machine's, in this namespace only. */
static void cover(const char *path, const char *text) {
        g_autofree char *file = NULL;
        g_autoptr(GError) error = NULL;
        int fd;

        fd = g_file_open_tmp("usher-world-XXXXXX", &file, &error);
        g_assert_no_error(error);
        close(fd);
        g_file_set_contents(file, text, -1, &error);
        g_assert_no_error(error);
        g_assert_no_errno(g_chmod(file, 0644));
        g_assert_no_errno(mount(file, path, NULL, MS_BIND, NULL));
        g_assert_no_errno(g_unlink(file));
}

static char *read_file(const char *path) {
        g_autoptr(GError) error = NULL;
        char *text;

        g_file_get_contents(path, &text, NULL, &error);
        g_assert_no_error(error);
        return text;
}

static void cover_passwd(void) {
        g_autofree char *machine = read_file("/etc/passwd");
        g_autoptr(GString) text = g_string_new(machine);

        for (gsize i = 0; i < G_N_ELEMENTS(users); i++)
                g_string_append_printf(text, "%s:x:%u:%u::/nonexistent:/bin/false\n", users[i].name,
                                users[i].uid, users[i].uid);
        for (unsigned i = 0; i < CROWD_SIZE; i++)
                g_string_append_printf(
                                text, "pupil%u:x:%u:%u::/nonexistent:/bin/false\n", i, CROWD + i, CROWD + i);
        cover("/etc/passwd", text->str);
}

static void cover_group(void) {
        g_autofree char *machine = read_file("/etc/group");
        g_auto(GStrv) lines = g_strsplit(machine, "\n", -1);
        g_autoptr(GString) text = g_string_new(NULL);

        for (char **line = lines; *line; line++)
                if (**line && !g_str_has_prefix(*line, "sudo:") && !g_str_has_prefix(*line, OPERATORS ":"))
                        g_string_append_printf(text, "%s\n", *line);

        for (gsize i = 0; i < G_N_ELEMENTS(users); i++)
                g_string_append_printf(text, "%s:x:%u:\n", users[i].name, users[i].uid);
        g_string_append(text, "sudo:x:27:head\n");
        g_string_append_printf(text, "%s:x:%u:teacher\n", OPERATORS, OPERATORS_GID);
        cover("/etc/group", text->str);
}

/* The monotonic clock starts at boot. Tests need times of some minutes ago, also on a fresh machine. */
static void move_clock(void) {
        static const char offset[] = "monotonic 3600 0\n";
        int fd;

        fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
        g_assert_no_errno(fd);
        g_assert_cmpint(write(fd, offset, strlen(offset)), ==, strlen(offset));
        close(fd);

        /* unshare() takes effect for children only. */
        fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
        g_assert_no_errno(fd);
        g_assert_no_errno(setns(fd, CLONE_NEWTIME));
        close(fd);
}

void world_enter(void) {
        if (geteuid() != 0)
                skip("these tests need root, to act as several users.");
        if (unshare(CLONE_NEWNS | CLONE_NEWTIME) < 0)
                skip("these tests need a mount and a time namespace.");

        move_clock();
        g_assert_no_errno(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
        g_assert_no_errno(mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"));
        cover_passwd();
        cover_group();
}
