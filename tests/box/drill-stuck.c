/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A file system whose server, this program, never answers. A process that waits for an answer cannot be
 * killed; when the server closes its connection, all of them go on at once. See fuse(4). */

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "drill.h"

#define DEVICE "/dev/fuse"
#define DIRECTORY "/run/box-stuck"

const char stuck_path[] = DIRECTORY "/file";

struct Stuck {
        int fd;
};

static ssize_t read_request(Stuck *s, char *buffer, size_t size) {
        ssize_t n = read(s->fd, buffer, size);

        g_assert_cmpint(n, >=, (ssize_t) sizeof(struct fuse_in_header));
        return n;
}

static void shake_hands(Stuck *s) {
        char buffer[FUSE_MIN_READ_BUFFER];
        struct fuse_in_header *in = (struct fuse_in_header *) buffer;
        struct {
                struct fuse_out_header header;
                struct fuse_init_out init;
        } out = {
                .header.len = sizeof(out),
                .init = { .major = FUSE_KERNEL_VERSION,
                                .minor = FUSE_KERNEL_MINOR_VERSION,
                                .max_write = 4096 },
        };

        (void) read_request(s, buffer, sizeof(buffer));
        g_assert_cmpuint(in->opcode, ==, FUSE_INIT);
        out.header.unique = in->unique;
        g_assert_cmpint(write(s->fd, &out, sizeof(out)), ==, sizeof(out));
}

Stuck *stuck_new(void) {
        g_autofree char *options = NULL;
        Stuck *s = g_new(Stuck, 1);

        if (access(DEVICE, F_OK) < 0)
                g_assert_no_errno(mknod(DEVICE, S_IFCHR | 0600, makedev(10, 229)));
        s->fd = open(DEVICE, O_RDWR | O_CLOEXEC);
        g_assert_no_errno(s->fd);

        g_assert_no_errno(g_mkdir_with_parents(DIRECTORY, 0755));
        options = g_strdup_printf("fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", s->fd);
        g_assert_no_errno(mount("box-stuck", DIRECTORY, "fuse", MS_NOSUID | MS_NODEV, options));
        shake_hands(s);
        return s;
}

void stuck_free(Stuck *s) {
        if (!s)
                return;

        close(s->fd);
        g_assert_no_errno(umount2(DIRECTORY, MNT_DETACH));
        g_free(s);
}

void stuck_wait(Stuck *s) {
        char buffer[FUSE_MIN_READ_BUFFER];
        struct fuse_in_header *in = (struct fuse_in_header *) buffer;

        do
                (void) read_request(s, buffer, sizeof(buffer));
        while (in->opcode != FUSE_LOOKUP);
}
