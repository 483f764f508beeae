/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The search for the disks of the system, in directories that stand in for /proc and /sys. One hub has the
 * disk sda, another has sdb, and vda is not a USB disk. */

#include <glib.h>
#include <glib/gstdio.h>

#include "hub/system-disk.h"

#define HUB_A "/sys/devices/pci0000:00/usb1/1-1"
#define HUB_B "/sys/devices/pci0000:00/usb1/1-2"
#define ROOT_ON_VDA "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"

typedef struct Machine {
        char *root;
} Machine;

static void directory(Machine *m, const char *path) {
        g_autofree char *full = g_build_filename(m->root, path, NULL);

        g_assert_cmpint(g_mkdir_with_parents(full, 0755), ==, 0);
}

static void file(Machine *m, const char *path, const char *text) {
        g_autofree char *full = g_build_filename(m->root, path, NULL), *parent = g_path_get_dirname(full);
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
        g_file_set_contents(full, text, -1, &error);
        g_assert_no_error(error);
}

static void link_to(Machine *m, const char *path, const char *target) {
        g_autofree char *full = g_build_filename(m->root, path, NULL),
                        *to = g_build_filename(m->root, target, NULL);
        g_autofree char *parent = g_path_get_dirname(full);

        g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
        g_assert_cmpint(symlink(to, full), ==, 0);
}

/* Makes a block device, with the links to it by number and by name. */
static void disk(Machine *m, const char *path, const char *number) {
        g_autofree char *name = g_path_get_basename(path);
        g_autofree char *by_number = g_build_filename("/sys/dev/block", number, NULL);
        g_autofree char *by_name = g_build_filename("/sys/class/block", name, NULL);

        directory(m, path);
        link_to(m, by_number, path);
        link_to(m, by_name, path);
}

static void set_up(Machine *m, gconstpointer data) {
        m->root = g_dir_make_tmp("usher-disk-XXXXXX", NULL);
        g_assert_nonnull(m->root);

        disk(m, HUB_A "/1-1.1/host0/block/sda", "8:0");
        disk(m, HUB_A "/1-1.1/host0/block/sda/sda1", "8:1");
        disk(m, HUB_B "/1-2.1/host1/block/sdb", "8:16");
        disk(m, HUB_B "/1-2.1/host1/block/sdb/sdb1", "8:17");
        disk(m, "/sys/devices/pci0000:00/virtio0/block/vda", "254:0");
        disk(m, "/sys/devices/pci0000:00/virtio0/block/vda/vda1", "254:1");
        directory(m, "/sys/devices/pci0000:00/usb1/1-10");
        file(m, "/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
        file(m, "/proc/self/mountinfo", ROOT_ON_VDA);
}

static void remove_tree(const char *path) {
        g_autoptr(GDir) dir = NULL;
        const char *name;

        if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
                dir = g_dir_open(path, 0, NULL);
        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *child = g_build_filename(path, name, NULL);

                remove_tree(child);
        }

        (void) g_remove(path);
}

static void tear_down(Machine *m, gconstpointer data) {
        remove_tree(m->root);
        g_free(m->root);
}

static void assert_disk(Machine *m, const char *hub, const char *expected) {
        g_autofree char *is = NULL;
        int r;

        r = system_disk_below(m->root, hub, &is);
        g_assert_cmpint(r, ==, expected ? 1 : 0);
        g_assert_cmpstr(is, ==, expected);
}

static void mounts(Machine *m, const char *line) {
        g_autofree char *text = g_strconcat(ROOT_ON_VDA, line, NULL);

        file(m, "/proc/self/mountinfo", text);
}

static void test_a_hub_without_disks(Machine *m, gconstpointer data) {
        assert_disk(m, HUB_A, NULL);
        assert_disk(m, HUB_B, NULL);
        assert_disk(m, "/sys/devices/pci0000:00/usb1/1-9", NULL);
}

static void test_a_mounted_partition(Machine *m, gconstpointer data) {
        mounts(m, "30 22 8:1 / /srv rw - ext4 /dev/sda1 rw\n");
        assert_disk(m, HUB_A, "sda1");
        assert_disk(m, HUB_B, NULL);
        assert_disk(m, "/sys/devices/pci0000:00/usb1", "sda1");
}

/* "1-10" is not below "1-1". */
static void test_a_name_that_begins_alike(Machine *m, gconstpointer data) {
        disk(m, "/sys/devices/pci0000:00/usb1/1-10/host2/block/sdc", "8:32");
        mounts(m, "30 22 8:32 / /srv rw - ext4 /dev/sdc rw\n");
        assert_disk(m, "/sys/devices/pci0000:00/usb1/1-10", "sdc");
        assert_disk(m, HUB_A, NULL);
}

static void test_what_people_plug_in(Machine *m, gconstpointer data) {
        mounts(m,
                        "30 22 8:1 / /media/ada/STICK rw shared:9 - vfat /dev/sda1 rw\n"
                        "31 22 8:17 / /run/media/ben/STICK rw - vfat /dev/sdb1 rw\n");
        assert_disk(m, HUB_A, NULL);
        assert_disk(m, HUB_B, NULL);
}

static void test_lvm_on_luks(Machine *m, gconstpointer data) {
        disk(m, "/sys/devices/virtual/block/dm-0", "253:0");
        disk(m, "/sys/devices/virtual/block/dm-1", "253:1");
        link_to(m, "/sys/devices/virtual/block/dm-0/slaves/sdb1", HUB_B "/1-2.1/host1/block/sdb/sdb1");
        link_to(m, "/sys/devices/virtual/block/dm-1/slaves/dm-0", "/sys/devices/virtual/block/dm-0");
        mounts(m, "30 22 253:1 / /var rw - ext4 /dev/mapper/vg-var rw\n");
        assert_disk(m, HUB_B, "sdb1");
        assert_disk(m, HUB_A, NULL);
}

static void test_a_loop_of_slaves_ends(Machine *m, gconstpointer data) {
        disk(m, "/sys/devices/virtual/block/dm-0", "253:0");
        link_to(m, "/sys/devices/virtual/block/dm-0/slaves/dm-0", "/sys/devices/virtual/block/dm-0");
        mounts(m, "30 22 253:0 / /var rw - ext4 /dev/mapper/vg-var rw\n");
        assert_disk(m, HUB_A, NULL);
}

static void test_raid_has_several(Machine *m, gconstpointer data) {
        disk(m, "/sys/devices/virtual/block/md0", "9:0");
        link_to(m, "/sys/devices/virtual/block/md0/slaves/sda1", HUB_A "/1-1.1/host0/block/sda/sda1");
        link_to(m, "/sys/devices/virtual/block/md0/slaves/sdb1", HUB_B "/1-2.1/host1/block/sdb/sdb1");
        mounts(m, "30 22 9:0 / /srv rw - ext4 /dev/md0 rw\n");
        assert_disk(m, HUB_A, "sda1");
        assert_disk(m, HUB_B, "sdb1");
}

/* Its number in the table is not that of a device, and all its devices count. */
static void test_btrfs(Machine *m, gconstpointer data) {
        link_to(m, "/sys/fs/btrfs/0b1/devices/sda1", HUB_A "/1-1.1/host0/block/sda/sda1");
        link_to(m, "/sys/fs/btrfs/0b1/devices/sdb1", HUB_B "/1-2.1/host1/block/sdb/sdb1");
        directory(m, "/sys/fs/btrfs/features");
        mounts(m, "30 22 0:30 /@home /home rw shared:5 - btrfs /dev/sda1 rw\n");
        assert_disk(m, HUB_A, "sda1");
        assert_disk(m, HUB_B, "sdb1");
}

static void test_btrfs_on_luks(Machine *m, gconstpointer data) {
        disk(m, "/sys/devices/virtual/block/dm-3", "253:3");
        file(m, "/sys/devices/virtual/block/dm-3/dm/name", "luks-home\n");
        link_to(m, "/sys/devices/virtual/block/dm-3/slaves/sda1", HUB_A "/1-1.1/host0/block/sda/sda1");
        mounts(m, "30 22 0:30 /@home /home rw - btrfs /dev/mapper/luks-home rw\n");
        assert_disk(m, HUB_A, "sda1");
        assert_disk(m, HUB_B, NULL);
}

static void test_swap(Machine *m, gconstpointer data) {
        file(m, "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/sda1   partition\t1000\t0\t-2\n");
        assert_disk(m, HUB_A, "sda1");
        assert_disk(m, HUB_B, NULL);
}

static void test_the_systems_own_table_counts(Machine *m, gconstpointer data) {
        file(m, "/proc/1/mountinfo", "30 22 8:1 / /home rw - ext4 /dev/sda1 rw\n");
        assert_disk(m, HUB_A, "sda1");
}

static void test_odd_lines(Machine *m, gconstpointer data) {
        mounts(m,
                        "\n - \n1 2\n30 22 8:1 / /srv rw -\n30 22 99:99 / /srv rw - ext4 /dev/../../etc rw\n"
                        "30 22 0:5 / /dev rw - devtmpfs udev rw\n30 22 ../../../../8:1 / /srv rw - ext4 x "
                        "rw\n");
        assert_disk(m, HUB_A, NULL);
}

static void test_no_table_is_no_answer(Machine *m, gconstpointer data) {
        g_autofree char *table = g_build_filename(m->root, "proc/self/mountinfo", NULL), *disk_name = NULL;

        g_assert_cmpint(g_unlink(table), ==, 0);
        g_assert_cmpint(system_disk_below(m->root, HUB_A, &disk_name), ==, -ENOENT);
        g_assert_null(disk_name);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define ADD(name, function) g_test_add("/system-disk/" name, Machine, NULL, set_up, function, tear_down)
        ADD("a-hub-without-disks", test_a_hub_without_disks);
        ADD("a-mounted-partition", test_a_mounted_partition);
        ADD("a-name-that-begins-alike", test_a_name_that_begins_alike);
        ADD("what-people-plug-in", test_what_people_plug_in);
        ADD("lvm-on-luks", test_lvm_on_luks);
        ADD("a-loop-of-slaves-ends", test_a_loop_of_slaves_ends);
        ADD("raid-has-several", test_raid_has_several);
        ADD("btrfs", test_btrfs);
        ADD("btrfs-on-luks", test_btrfs_on_luks);
        ADD("swap", test_swap);
        ADD("the-systems-own-table-counts", test_the_systems_own_table_counts);
        ADD("odd-lines", test_odd_lines);
        ADD("no-table-is-no-answer", test_no_table_is_no_answer);

        return g_test_run();
}
