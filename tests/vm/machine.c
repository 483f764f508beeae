/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "machine-internal.h"

/* systemd's stock rules turn this hardware into seats by themselves: each PCI bridge of QEMU's multiseat
 * type, with a graphics card and a USB controller behind it, is a seat named after the bridge's address.
 * seat0 gets the plain card, with its keyboard and mouse behind a hub too: the PC has no PS/2 port and no
 * absolute pointer that would stay when the hub is unplugged. */

#define IMAGE_SCRIPT MACHINE_SOURCE_DIR "/image"

/* The time for QEMU to exit when asked; then it is killed. */
#define QUIT_SEC 5

/* Work that costs a kernel without KVM half of its time, and that a test PC does not need. */
#define QUICK_KERNEL "mitigations=off init_on_alloc=0 audit=0 lsm= tsc=reliable nowatchdog"

/* For a child that checks whether its parent still runs. */
static pid_t parent_pid;

const char *const machine_seats[MACHINE_STATIONS_MAX] = {
        "seat0",
        "seat-pci-pci-0000_00_11_0",
        "seat-pci-pci-0000_00_12_0",
        "seat-pci-pci-0000_00_13_0",
};

const char *const machine_pupils[MACHINE_PUPILS_MAX] = { "anna", "ben", "carla" };

/* An open /dev/kvm proves nothing: on a processor without virtualisation a guest may hang. */
static bool kvm_is_usable(void) {
        g_autofree char *info = NULL;

        return g_access("/dev/kvm", R_OK | W_OK) >= 0 &&
                        g_file_get_contents("/proc/cpuinfo", &info, NULL, NULL) &&
                        g_regex_match_simple("^flags\\s*:.*\\b(vmx|svm)\\b", info, G_REGEX_MULTILINE, 0);
}

static void add(GPtrArray *argv, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(GPtrArray *argv, const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        g_ptr_array_add(argv, g_strdup_vprintf(format, ap));
        va_end(ap);
}

static void add_station(GPtrArray *argv, guint i) {
        if (i == 0) {
                add(argv, "-device");
                add(argv, "VGA,id=video0,xres=1024,yres=768");
                add(argv, "-device");
                add(argv, "qemu-xhci,id=usb0");
        } else {
                add(argv, "-device");
                add(argv, "pci-bridge-seat,bus=pci.0,addr=1%u.0,chassis_nr=%u,id=head%u", i, i + 1, i);
                add(argv, "-device");
                add(argv, "secondary-vga,bus=head%u,addr=02.0,id=video%u,xres=1024,yres=768", i, i);
                add(argv, "-device");
                add(argv, "nec-usb-xhci,bus=head%u,addr=0f.0,id=usb%u", i, i);
        }

        /* Typed text reaches a keyboard by its screen, see machine_type(). */
        add(argv, "-device");
        add(argv, "usb-hub,id=hub%u,bus=usb%u.0,port=1", i, i);
        add(argv, "-device");
        add(argv, "usb-kbd,id=kbd%u,bus=usb%u.0,port=1.1,display=video%u", i, i, i);
        add(argv, "-device");
        add(argv, "usb-mouse,id=mouse%u,bus=usb%u.0,port=1.2", i, i);
}

static GPtrArray *machine_make_argv(
                Machine *m, const MachineOptions *o, const char *image, int monitor_fd, int agent_fd) {

        g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
        const char *const fixed[] = {
                "qemu-system-x86_64",
                "-name",
                "usher-test",
                "-nodefaults",
                "-display",
                "none",
                "-machine",
                "pc,i8042=off,vmport=off",
                "-smp",
                "2",
                "-m",
                "4096",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
                add(argv, "%s", fixed[i]);

        add(argv, "-accel");
        add(argv, "%s", kvm_is_usable() ? "kvm" : "tcg,thread=multi,tb-size=512");
        add(argv, "-cpu");
        add(argv, "max");

        /* The image is never changed; what the PC writes is discarded with it. */
        add(argv, "-drive");
        add(argv, "file=%s/disk,format=raw,if=virtio,snapshot=on", image);
        add(argv, "-kernel");
        add(argv, "%s/kernel", image);
        add(argv, "-initrd");
        add(argv, "%s/initrd", image);
        add(argv, "-append");
        add(argv,
                        "root=/dev/vda rw console=ttyS0 quiet panic=1 "
                        "init=/usr/local/sbin/install-usher " QUICK_KERNEL " %s",
                        o->kernel_arguments ?: "");

        if (o->tree) {
                add(argv, "-virtfs");
                add(argv, "local,path=%s,mount_tag=usher,security_model=none,readonly=on,multidevs=remap",
                                o->tree);
        }
        if (o->no_restart)
                add(argv, "-no-reboot");

        add(argv, "-serial");
        if (o->console)
                add(argv, "mon:stdio");
        else if (o->serial_log)
                add(argv, "file:%s", o->serial_log);
        else
                add(argv, "file:/proc/self/fd/%i", m->serial_fd);

        add(argv, "-chardev");
        add(argv, "socket,id=monitor,fd=%i", monitor_fd);
        add(argv, "-mon");
        add(argv, "chardev=monitor,mode=control");
        add(argv, "-chardev");
        add(argv, "socket,id=agent,fd=%i", agent_fd);
        add(argv, "-device");
        add(argv, "virtio-serial");
        add(argv, "-device");
        add(argv, "virtserialport,chardev=agent,name=org.qemu.guest_agent.0");

        for (guint i = 0; i < m->stations; i++)
                add_station(argv, i);

        g_ptr_array_add(argv, NULL);
        return g_steal_pointer(&argv);
}

/* Runs in the child before it becomes QEMU: QEMU must not outlive the test, even if the test is killed.
 * SIGTERM gives it time to restore the terminal. */
static void die_with_parent(gpointer data) {
        const MachineOptions *options = data;

        (void) prctl(PR_SET_PDEATHSIG, options->console ? SIGTERM : SIGKILL);
        if (getppid() != parent_pid)
                _exit(1);
}

static char *machine_find_image(GError **error) {
        g_autofree char *folder = NULL;
        int status;

        if (!g_spawn_sync(NULL, (char *[]) { (char *) IMAGE_SCRIPT, NULL }, NULL,
                            G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &folder, NULL, &status, error) ||
                        !g_spawn_check_wait_status(status, error)) {
                g_prefix_error(error, IMAGE_SCRIPT ": ");
                return NULL;
        }

        g_strchomp(folder);
        return g_steal_pointer(&folder);
}

static int error_set_errno(GError **error, const char *what) {
        int saved = errno;

        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved), "%s: %s", what, g_strerror(saved));
        return -saved;
}

/* A file without a name, which leaves nothing behind, and which QEMU opens as /proc/self/fd/N. */
static int machine_make_file(GSubprocessLauncher *launcher, const char *name, GError **error) {
        int fd, copy;

        fd = memfd_create(name, MFD_CLOEXEC);
        if (fd < 0)
                return error_set_errno(error, "memfd_create");

        copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (copy < 0) {
                int r = error_set_errno(error, "fcntl");

                close(fd);
                return r;
        }

        g_subprocess_launcher_take_fd(launcher, copy, fd);
        return fd;
}

/* One end for this program, one that QEMU inherits. */
static int machine_make_channel(
                GSubprocessLauncher *launcher, Channel *c, const char *peer, GError **error) {
        int fds[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
                return error_set_errno(error, "socketpair");

        channel_init(c, peer, fds[0]);
        g_subprocess_launcher_take_fd(launcher, fds[1], fds[1]);
        return fds[1];
}

static bool machine_launch(Machine *m, const MachineOptions *options, const char *image, GError **error) {
        g_autoptr(GSubprocessLauncher) launcher = NULL;
        g_autoptr(GPtrArray) argv = NULL;
        int monitor_fd, agent_fd;

        launcher = g_subprocess_launcher_new(
                        options->console ? G_SUBPROCESS_FLAGS_STDIN_INHERIT : G_SUBPROCESS_FLAGS_NONE);
        parent_pid = getpid();
        g_subprocess_launcher_set_child_setup(launcher, die_with_parent, (gpointer) options, NULL);

        m->picture_fd = machine_make_file(launcher, "picture", error);
        if (m->picture_fd < 0)
                return false;

        if (!options->console && !options->serial_log) {
                m->serial_fd = machine_make_file(launcher, "serial", error);
                if (m->serial_fd < 0)
                        return false;
        }

        monitor_fd = machine_make_channel(launcher, &m->monitor, "QEMU", error);
        if (monitor_fd < 0)
                return false;

        agent_fd = machine_make_channel(launcher, &m->agent, "the guest's agent", error);
        if (agent_fd < 0)
                return false;

        /* When the launcher is freed, it closes this program's copies of QEMU's ends; otherwise QEMU's exit
         * would go unnoticed. */
        argv = machine_make_argv(m, options, image, monitor_fd, agent_fd);
        m->qemu = g_subprocess_launcher_spawnv(launcher, (const char *const *) argv->pdata, error);
        return m->qemu;
}

Machine *machine_start(const MachineOptions *options, GError **error) {
        g_autofree char *image = NULL;
        g_autoptr(Machine) m = NULL;

        g_return_val_if_fail(options->stations <= MACHINE_STATIONS_MAX, NULL);

        m = g_new(Machine, 1);
        *m = (Machine) {
                .monitor.fd = -EBADF,
                .agent.fd = -EBADF,
                .serial_fd = -EBADF,
                .picture_fd = -EBADF,
                .stations = options->stations ?: 3,
        };

        image = machine_find_image(error);
        if (!image)
                return NULL;

        if (!machine_launch(m, options, image, error) ||
                        !channel_call(&m->monitor, "qmp_capabilities", NULL, MACHINE_COMMAND_SEC, NULL,
                                        error))
                return NULL;

        return g_steal_pointer(&m);
}

/* A QEMU that exits by itself restores the terminal. */
static void machine_ask_to_quit(Machine *m) {
        const char *pid = g_subprocess_get_identifier(m->qemu);
        int fd;

        if (!pid)
                return;

        fd = pidfd_open(atoi(pid), 0);
        if (fd < 0)
                return;

        if (channel_call(&m->monitor, "quit", NULL, QUIT_SEC, NULL, NULL))
                (void) poll(&(struct pollfd) { .fd = fd, .events = POLLIN }, 1, QUIT_SEC * 1000);
        close(fd);
}

Machine *machine_stop(Machine *m) {
        if (!m)
                return NULL;

        if (m->qemu) {
                machine_ask_to_quit(m);
                g_subprocess_force_exit(m->qemu);
                (void) g_subprocess_wait(m->qemu, NULL, NULL);
                g_object_unref(m->qemu);
        }

        channel_done(&m->monitor);
        channel_done(&m->agent);
        if (m->serial_fd >= 0)
                close(m->serial_fd);
        if (m->picture_fd >= 0)
                close(m->picture_fd);
        g_free(m);
        return NULL;
}

guint machine_stations(const Machine *m) {
        return m->stations;
}

/* The last lines from the serial line, for errors of a PC that does not boot. */
static void machine_prefix_serial(Machine *m, GError **error) {
        char text[3001];
        ssize_t n;

        if (m->serial_fd < 0)
                return;

        n = pread(m->serial_fd, text, sizeof text - 1,
                        MAX(lseek(m->serial_fd, 0, SEEK_END) - (off_t) sizeof text + 1, 0));
        if (n <= 0)
                return;

        text[n] = '\0';
        g_prefix_error(error, "The serial line ends in:\n%s\n", text);
}

bool machine_wait_boot(Machine *m, GError **error) {
        /* The agent reads this as soon as it runs. */
        if (!channel_call(&m->agent, "guest-ping", NULL, MACHINE_BOOT_SEC, NULL, error)) {
                machine_prefix_serial(m, error);
                return false;
        }

        return machine_wait_until(m, MACHINE_BOOT_SEC, error,
                        "[[ $(systemctl is-system-running --wait) =~ ^(running|degraded)$ ]]");
}

bool machine_wait_desktops(Machine *m, GError **error) {
        for (guint i = 0; i < MIN(m->stations, MACHINE_PUPILS_MAX); i++)
                if (!machine_wait_until(m, MACHINE_BOOT_SEC, error,
                                    "test -e /run/user/$(id -u %s)/essay-is-open", machine_pupils[i]))
                        return false;

        return true;
}

bool machine_wait_off(Machine *m, guint timeout, bool *ret_restart, GError **error) {
        g_autofree char *reason = NULL;

        if (!channel_wait_event(&m->monitor, "SHUTDOWN", timeout, &reason, error))
                return false;
        if (!g_subprocess_wait(m->qemu, NULL, error))
                return false;

        if (ret_restart)
                *ret_restart = g_str_equal(reason, "guest-reset");
        return true;
}

bool machine_wait_restart(Machine *m, guint timeout, GError **error) {
        return channel_wait_event(&m->monitor, "RESET", timeout, NULL, error);
}
