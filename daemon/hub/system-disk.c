/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The search goes from the tables of mounts and swaps to block devices, from block devices that are made of
 * others (LUKS, LVM, RAID) to those, and from each to its place in sysfs. See proc_pid_mountinfo(5) and the
 * kernel's sysfs-block. Each step returns 1 if it found a disk below the device in question, 0 if not, or a
 * negative errno, which ends the search. */

#include <fcntl.h>
#include <limits.h>

#include "hub/system-disk.h"

/* Deeper than RAID on LUKS on LVM on partitions. Ends loops. */
#define DEPTH_MAX 16U

typedef struct Search {
        const char *root;
        char *below; /* the real path of the device, with a slash at the end */
        char *found;
} Search;

static void search_done(Search *s) {
        free(s->below);
        free(s->found);
}

/* The path with all links resolved, NULL if there is none. */
static char *resolve(const Search *s, const char *directory, const char *name) {
        char path[PATH_MAX];

        if ((size_t) snprintf(path, sizeof(path), "%s%s/%s", s->root, directory, name) >= sizeof(path))
                return NULL;

        return realpath(path, NULL);
}

/* Calls func with the real path of each entry of a directory until it returns something other than 0. */
static int for_each_name(const char *directory,
                int (*func)(Search *s, const char *path, unsigned depth),
                Search *s,
                unsigned depth) {
        _cleanup_closedir_ DIR *d = opendir(directory);
        struct dirent *entry;
        int r = 0;

        while (d && r == 0 && (entry = readdir(d))) {
                _cleanup_free_ char *path = NULL, *real = NULL;

                if (entry->d_name[0] == '.')
                        continue;
                if (asprintf(&path, "%s/%s", directory, entry->d_name) < 0) {
                        path = NULL;
                        return -ENOMEM;
                }

                real = realpath(path, NULL);
                if (real)
                        r = func(s, real, depth);
        }

        return r;
}

/* One block device by its real path in sysfs, and those that it is made of. */
static int look_at(Search *s, const char *path, unsigned depth) {
        _cleanup_free_ char *slaves = NULL;

        if (startswith(path, s->below)) {
                s->found = strdup(strrchr(path, '/') + 1);
                return s->found ? 1 : -ENOMEM;
        }

        if (depth >= DEPTH_MAX)
                return 0;
        if (asprintf(&slaves, "%s/slaves", path) < 0) {
                slaves = NULL;
                return -ENOMEM;
        }

        return for_each_name(slaves, look_at, s, depth + 1);
}

/* A btrfs file system can be on many devices. The mount table has only one of them, but all count. */
static int look_at_btrfs(Search *s, const char *name) {
        _cleanup_free_ char *all = NULL;
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *entry;
        int r = 0;

        all = resolve(s, "/sys/fs", "btrfs");
        d = all ? opendir(all) : NULL;
        while (d && r == 0 && (entry = readdir(d))) {
                _cleanup_free_ char *devices = NULL, *device = NULL;

                if (asprintf(&devices, "%s/%s/devices", all, entry->d_name) < 0) {
                        devices = NULL;
                        return -ENOMEM;
                }
                if (asprintf(&device, "%s/%s", devices, name) < 0) {
                        device = NULL;
                        return -ENOMEM;
                }

                if (entry->d_name[0] != '.' && access(device, F_OK) >= 0)
                        r = for_each_name(devices, look_at, s, 0);
        }

        return r;
}

/* The kernel's name of "/dev/mapper/NAME". */
static char *mapper_name(const Search *s, const char *name) {
        _cleanup_free_ char *all = resolve(s, "/sys/class", "block");
        _cleanup_closedir_ DIR *d = all ? opendir(all) : NULL;
        struct dirent *entry;

        while (d && (entry = readdir(d))) {
                _cleanup_fclose_ FILE *f = NULL;
                char path[PATH_MAX], line[256];

                if (!startswith(entry->d_name, "dm-"))
                        continue;
                if ((size_t) snprintf(path, sizeof(path), "%s/%s/dm/name", all, entry->d_name) >=
                                sizeof(path))
                        continue;

                f = fopen(path, "re");
                if (!f || !fgets(line, sizeof(line), f))
                        continue;
                line[strcspn(line, "\n")] = '\0';
                if (streq(line, name))
                        return strdup(entry->d_name);
        }

        return NULL;
}

/* A device as the tables name it, "/dev/sda2". */
static int look_at_node(Search *s, const char *node) {
        _cleanup_free_ char *name = NULL, *path = NULL;
        const char *mapped = startswith(node, "/dev/mapper/");
        int r;

        if (!startswith(node, "/dev/"))
                return 0;

        name = mapped ? mapper_name(s, mapped) : strdup(strrchr(node, '/') + 1);
        path = name ? resolve(s, "/sys/class/block", name) : NULL;
        if (!path)
                return 0;

        r = look_at(s, path, 0);
        return r == 0 ? look_at_btrfs(s, name) : r;
}

/* Where desktops mount what people plug in at their station. */
static bool is_removable(const char *mount_point) {
        return startswith(mount_point, "/media/") || startswith(mount_point, "/run/media/");
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static int look_at_mount(Search *s, char *line) {
        _cleanup_free_ char *path = NULL;
        char *save = NULL, *number = NULL, *mount_point = NULL, *node = NULL, *word;
        unsigned n = 0, after = 0;

        for (word = strtok_r(line, " \n", &save); word; word = strtok_r(NULL, " \n", &save), n++) {
                if (n == 2)
                        number = word;
                else if (n == 4)
                        mount_point = word;
                else if (n > 5 && after == 0 && streq(word, "-"))
                        after = n;
                else if (after > 0 && n == after + 2)
                        node = word;
        }

        if (!node || is_removable(mount_point))
                return 0;

        /* Some file systems, such as btrfs, have a number of their own instead of their device's. */
        if (startswith(number, "0:"))
                return look_at_node(s, node);

        path = resolve(s, "/sys/dev/block", number);
        return path ? look_at(s, path, 0) : 0;
}

/* "/dev/sda3  partition  1000  0  -2". The first line of the table is a heading. */
static int look_at_swap(Search *s, char *line) {
        line[strcspn(line, " \t\n")] = '\0';

        return look_at_node(s, line);
}

static int open_table(const Search *s, const char *name, FILE **ret) {
        char path[PATH_MAX];

        if ((size_t) snprintf(path, sizeof(path), "%s/proc/%s", s->root, name) >= sizeof(path))
                return -ENAMETOOLONG;

        *ret = fopen(path, "re");
        return *ret ? 0 : -errno;
}

static int look_at_lines(Search *s, FILE *f, int (*func)(Search *s, char *line)) {
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        int r = 0;

        while (r == 0 && getline(&line, &size, f) > 0)
                r = func(s, line);

        return r == 0 && ferror(f) ? -EIO : r;
}

static int look_at_all(Search *s) {
        _cleanup_fclose_ FILE *mounts = NULL, *swaps = NULL;
        int r;

        /* Prefers the mount table of PID 1: usherd's own lacks what usherd.service hides. */
        r = open_table(s, "1/mountinfo", &mounts);
        if (r < 0)
                r = open_table(s, "self/mountinfo", &mounts);
        if (r < 0)
                return r;

        r = look_at_lines(s, mounts, look_at_mount);
        if (r != 0)
                return r;

        /* A kernel without swap does not have this table. */
        r = open_table(s, "swaps", &swaps);
        if (r < 0)
                return r == -ENOENT ? 0 : r;

        return look_at_lines(s, swaps, look_at_swap);
}

int system_disk_below(const char *root, const char *syspath, char **ret_disk) {
        _cleanup_(search_done) Search s = { .root = root };
        _cleanup_free_ char *real = NULL;
        int r;

        real = resolve(&s, "", startswith(syspath, "/") ? syspath + 1 : syspath);
        if (!real)
                return errno == ENOMEM ? -ENOMEM : 0;

        if (asprintf(&s.below, "%s/", real) < 0) {
                s.below = NULL;
                return -ENOMEM;
        }

        r = look_at_all(&s);
        if (r > 0)
                *ret_disk = TAKE_PTR(s.found);

        return r;
}
