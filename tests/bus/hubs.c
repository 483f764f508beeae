/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "hubs.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <umockdev.h>
#include <unistd.h>

#define PRELOAD "libumockdev-preload.so.0"
#define CONTROLLER "pci0000:00/0000:00:14.0"

/* /run/udev/data is a link to it. */
#define DATABASE "/run/udev/test"

typedef struct Attribute {
        char *name;
        GBytes *data;
} Attribute;

typedef struct Device {
        char *syspath;
        char *parent; /* NULL at the top */
        char *subsystem;
        char *name; /* below the parent */
        char *devtype;
        char *input; /* "KEYBOARD", "MOUSE" */
        char *seat;  /* its own, NULL for none */
        const char *tags;
        GPtrArray *attributes;
        gboolean present;
        gboolean announced;
} Device;

struct Hubs {
        UMockdevTestbed *testbed;
        GPtrArray *devices; /* parents first */
        guint last_input;
        void (*pace)(gpointer data);
        gpointer pace_data;
};

void hubs_enter(char *argv[]) {
        g_autofree char *options = NULL;

        if (g_getenv("USHER_HUBS_ENTERED"))
                return;

        g_assert_true(g_setenv("USHER_HUBS_ENTERED", "1", TRUE));
        g_assert_true(g_setenv("LD_PRELOAD", PRELOAD, TRUE));

        /* A sanitizer must be preloaded first, and works with umockdev after it. */
        options = g_strdup_printf("%s:verify_asan_link_order=0",
                        g_getenv("ASAN_OPTIONS") ? g_getenv("ASAN_OPTIONS") : "");
        g_assert_true(g_setenv("ASAN_OPTIONS", options, TRUE));
        execv("/proc/self/exe", argv);
        g_assert_not_reached();
}

static void attribute_free(gpointer p) {
        Attribute *a = p;

        g_free(a->name);
        g_bytes_unref(a->data);
        g_free(a);
}

static void device_free(gpointer p) {
        Device *d = p;

        g_free(d->syspath);
        g_free(d->parent);
        g_free(d->subsystem);
        g_free(d->name);
        g_free(d->devtype);
        g_free(d->input);
        g_free(d->seat);
        g_ptr_array_unref(d->attributes);
        g_free(d);
}

static void tell(Hubs *h, const Device *d, const char *action) {
        umockdev_testbed_uevent(h->testbed, d->syspath, action);
        h->pace(h->pace_data);
}

static Device *find(Hubs *h, const char *syspath) {
        for (guint i = 0; syspath && i < h->devices->len; i++) {
                Device *d = h->devices->pdata[i];

                if (g_str_equal(d->syspath, syspath))
                        return d;
        }

        return NULL;
}

static gboolean is_at_or_below(const Device *d, const char *syspath) {
        gsize n = strlen(syspath);

        return strncmp(d->syspath, syspath, n) == 0 && (d->syspath[n] == 0 || d->syspath[n] == '/');
}

/* As in udev's rules: the device's own value, else the parent's. */
static const char *seat_of(Hubs *h, const Device *d) {
        for (; d; d = find(h, d->parent))
                if (d->seat)
                        return d->seat;

        return NULL;
}

static char *database_id(const Device *d) {
        g_autofree char *sysname = g_path_get_basename(d->syspath);

        return g_strdup_printf("+%s:%s", d->subsystem, sysname);
}

static GPtrArray *properties_of(Hubs *h, const Device *d) {
        GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
        const char *seat = seat_of(h, d);

        if (d->devtype)
                g_ptr_array_add(list, g_strdup_printf("DEVTYPE=%s", d->devtype));
        if (d->input) {
                g_ptr_array_add(list, g_strdup("ID_INPUT=1"));
                g_ptr_array_add(list, g_strdup_printf("ID_INPUT_%s=1", d->input));
        }
        if (seat && d->tags[0])
                g_ptr_array_add(list, g_strdup_printf("ID_SEAT=%s", seat));

        return list;
}

/* udevd's database entry of a device, where libudev reads it. */
static void write_database(Hubs *h, const Device *d) {
        g_autofree char *id = database_id(d), *file = g_build_filename(DATABASE, id, NULL);
        g_autoptr(GPtrArray) properties = properties_of(h, d);
        g_autoptr(GString) text = g_string_new("I:1000000\n");
        g_auto(GStrv) tags = g_strsplit(d->tags, ":", -1);
        g_autoptr(GError) error = NULL;

        for (guint i = 0; i < properties->len; i++)
                if (!g_str_has_prefix(properties->pdata[i], "DEVTYPE="))
                        g_string_append_printf(text, "E:%s\n", (char *) properties->pdata[i]);

        for (char **tag = tags; *tag; tag++) {
                g_autofree char *directory = g_build_filename("/run/udev/tags", *tag, NULL);
                g_autofree char *link = g_build_filename(directory, id, NULL);

                if (!**tag)
                        continue;

                g_string_append_printf(text, "G:%s\nQ:%s\n", *tag, *tag);
                g_assert_no_errno(g_mkdir_with_parents(directory, 0755));
                g_file_set_contents(link, "", 0, &error);
                g_assert_no_error(error);
        }

        g_string_append(text, "V:1\n");
        g_file_set_contents(file, text->str, -1, &error);
        g_assert_no_error(error);
}

static void remove_database(const Device *d) {
        g_autofree char *id = database_id(d), *file = g_build_filename(DATABASE, id, NULL);
        g_auto(GStrv) tags = g_strsplit(d->tags, ":", -1);

        (void) g_unlink(file);
        for (char **tag = tags; *tag; tag++) {
                g_autofree char *link = g_build_filename("/run/udev/tags", *tag, id, NULL);

                if (**tag)
                        (void) g_unlink(link);
        }
}

/* The properties of a uevent in addition to those in the device's directory. */
static void write_uevent(Hubs *h, const Device *d) {
        g_autoptr(GPtrArray) properties = properties_of(h, d);

        for (guint i = 0; i < properties->len; i++) {
                g_auto(GStrv) parts = g_strsplit(properties->pdata[i], "=", 2);

                umockdev_testbed_set_property(h->testbed, d->syspath, parts[0], parts[1]);
        }

        if (d->tags[0]) {
                umockdev_testbed_set_property(h->testbed, d->syspath, "TAGS", d->tags);
                umockdev_testbed_set_property(h->testbed, d->syspath, "CURRENT_TAGS", d->tags);
        }
}

static void put(Hubs *h, Device *d) {
        const char *properties[] = { d->devtype ? "DEVTYPE" : NULL, d->devtype, NULL };
        const char *none[] = { NULL };
        g_autofree char *syspath = NULL;

        syspath = umockdev_testbed_add_devicev(
                        h->testbed, d->subsystem, d->name, d->parent, (char **) none, (char **) properties);
        g_assert_nonnull(syspath);
        if (!d->syspath)
                d->syspath = g_strdup(syspath);
        g_assert_cmpstr(syspath, ==, d->syspath);

        for (guint i = 0; i < d->attributes->len; i++) {
                Attribute *a = d->attributes->pdata[i];
                gsize size;
                const void *data = g_bytes_get_data(a->data, &size);

                umockdev_testbed_set_attribute_binary(
                                h->testbed, d->syspath, a->name, (guint8 *) data, (gint) size);
        }

        d->present = TRUE;
        d->announced = FALSE;
        write_uevent(h, d);
        write_database(h, d);
}

static void attribute(Device *d, const char *name, const void *data, gsize size) {
        Attribute *a;

        for (guint i = 0; i < d->attributes->len; i++) {
                a = d->attributes->pdata[i];
                if (g_str_equal(a->name, name)) {
                        g_ptr_array_remove_index(d->attributes, i);
                        break;
                }
        }

        a = g_new(Attribute, 1);
        *a = (Attribute) { .name = g_strdup(name), .data = g_bytes_new(data, size) };
        g_ptr_array_add(d->attributes, a);
}

static void attribute_text(Device *d, const char *name, const char *text) {
        if (text)
                attribute(d, name, text, strlen(text));
}

static Device *device_new(const char *subsystem, const char *parent, const char *name, const char *seat) {
        Device *d = g_new0(Device, 1);

        d->subsystem = g_strdup(subsystem);
        d->parent = g_strdup(parent);
        d->name = g_strdup(name);
        d->seat = g_strdup(seat);
        d->tags = "";
        d->attributes = g_ptr_array_new_with_free_func(attribute_free);
        return d;
}

static const char *add(Hubs *h, Device *d) {
        put(h, d);
        g_ptr_array_add(h->devices, d);
        return d->syspath;
}

static Device *usb_new(const char *parent,
                const char *name,
                const char *class,
                const char *product,
                const char *seat) {
        Device *d = device_new("usb", parent, name, seat);

        d->devtype = g_strdup("usb_device");
        attribute_text(d, "bDeviceClass", class);
        attribute_text(d, "idVendor", "1d6b");
        attribute_text(d, "idProduct", "0002");
        attribute_text(d, "manufacturer", "Usher Works");
        attribute_text(d, "product", product);
        attribute_text(d, "speed", "480");
        return d;
}

const char *hubs_add_root_hub(Hubs *h, const char *name) {
        g_autofree char *controller = g_strdup("/sys/devices/" CONTROLLER);
        Device *d;

        if (!find(h, controller))
                (void) add(h, device_new("pci", NULL, CONTROLLER, NULL));

        d = usb_new(controller, name, "09", "xHCI Host Controller", NULL);
        d->tags = ":seat:";
        return add(h, d);
}

const char *hubs_add_hub(
                Hubs *h, const char *parent, const char *name, const char *product, const char *seat) {
        Device *d = usb_new(parent, name, "09", product, seat);

        d->tags = ":seat:";
        return add(h, d);
}

const char *hubs_add_usb(Hubs *h, const char *parent, const char *name, const char *product) {
        return add(h, usb_new(parent, name, "00", product, NULL));
}

/* The USB device, its interface, the HID device, the input device and its event node, in the kernel's
 * order. */
static const char *add_input(
                Hubs *h, const char *parent, const char *name, const char *what, const char *seat) {
        g_autofree char *interface = g_strdup_printf("%s:1.0", name);
        g_autofree char *hid = NULL, *input = NULL, *event = NULL;
        guint number = ++h->last_input;
        const char *usb, *below;
        Device *d;

        usb = add(h, usb_new(parent, name, "00", what, seat));

        d = device_new("usb", usb, interface, NULL);
        d->devtype = g_strdup("usb_interface");
        below = add(h, d);

        hid = g_strdup_printf("0003:1D6B:0002.%04X", number);
        below = add(h, device_new("hid", below, hid, NULL));

        input = g_strdup_printf("input/input%u", number);
        d = device_new("input", below, input, NULL);
        d->input = g_ascii_strup(what, -1);
        d->tags = ":seat:";
        below = add(h, d);

        event = g_strdup_printf("event%u", number);
        d = device_new("input", below, event, NULL);
        d->input = g_ascii_strup(what, -1);
        (void) add(h, d);

        return usb;
}

const char *hubs_add_keyboard(Hubs *h, const char *parent, const char *name, const char *seat) {
        return add_input(h, parent, name, "Keyboard", seat);
}

const char *hubs_add_mouse(Hubs *h, const char *parent, const char *name, const char *seat) {
        return add_input(h, parent, name, "Mouse", seat);
}

const char *hubs_add_card(Hubs *h, const char *name, const char *seat) {
        g_autofree char *pci = g_strdup_printf("pci0000:00/0000:00:%s", name),
                        *card = g_strdup_printf("drm/%s", name);
        const char *parent;
        Device *d;

        parent = add(h, device_new("pci", NULL, pci, NULL));
        d = device_new("drm", parent, card, seat);
        d->devtype = g_strdup("drm_minor");
        d->tags = ":seat:master-of-seat:";
        return add(h, d);
}

void hubs_set_attribute(Hubs *h, const char *syspath, const char *name, const void *data, gsize size) {
        Device *d = find(h, syspath);

        g_assert_nonnull(d);
        attribute(d, name, data, size);
        umockdev_testbed_set_attribute_binary(h->testbed, d->syspath, name, (guint8 *) data, (gint) size);
}

void hubs_announce(Hubs *h) {
        for (guint i = 0; i < h->devices->len; i++) {
                Device *d = h->devices->pdata[i];

                if (d->present && !d->announced)
                        tell(h, d, "add");
                d->announced = TRUE;
        }
}

void hubs_unplug(Hubs *h, const char *syspath) {
        for (guint i = h->devices->len; i > 0; i--) {
                Device *d = h->devices->pdata[i - 1];

                if (!d->present || !is_at_or_below(d, syspath))
                        continue;

                tell(h, d, "remove");
                umockdev_testbed_remove_device(h->testbed, d->syspath);
                remove_database(d);
                d->present = FALSE;
        }
}

void hubs_plug(Hubs *h, const char *syspath) {
        for (guint i = 0; i < h->devices->len; i++) {
                Device *d = h->devices->pdata[i];

                if (!d->present && is_at_or_below(d, syspath))
                        put(h, d);
        }

        hubs_announce(h);
}

void hubs_attach(Hubs *h, const char *syspath, const char *seat) {
        Device *moved = find(h, syspath);

        g_assert_nonnull(moved);
        g_free(moved->seat);
        moved->seat = g_strdup(seat);

        for (guint i = 0; i < h->devices->len; i++) {
                Device *d = h->devices->pdata[i];

                if (!d->present || !is_at_or_below(d, syspath))
                        continue;

                write_uevent(h, d);
                write_database(h, d);
                tell(h, d, "change");
        }
}

Hubs *hubs_new(void (*pace)(gpointer data), gpointer data) {
        Hubs *h = g_new0(Hubs, 1);
        g_autofree char *root = NULL, *redirected = NULL, *parent = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_no_errno(g_mkdir_with_parents(DATABASE, 0755));
        (void) g_unlink("/run/udev/data");
        g_assert_no_errno(symlink(DATABASE, "/run/udev/data"));
        g_assert_no_errno(g_mkdir_with_parents("/run/udev/tags", 0755));

        /* libudev checks this file to see whether udevd runs. */
        g_file_set_contents("/run/udev/control", "", 0, &error);
        g_assert_no_error(error);

        h->pace = pace;
        h->pace_data = data;
        h->devices = g_ptr_array_new_with_free_func(device_free);
        h->testbed = umockdev_testbed_new();

        /* From 0.18 on umockdev looks for the database below its own folder. */
        root = umockdev_testbed_get_root_dir(h->testbed);
        parent = g_build_filename(root, "run", "udev", NULL);
        redirected = g_build_filename(parent, "data", NULL);
        g_assert_no_errno(g_mkdir_with_parents(parent, 0755));
        (void) g_rmdir(redirected);
        g_assert_no_errno(symlink(DATABASE, redirected));
        return h;
}

void hubs_free(Hubs *h) {
        for (guint i = 0; i < h->devices->len; i++)
                remove_database(h->devices->pdata[i]);

        (void) g_unlink("/run/udev/control");
        g_ptr_array_unref(h->devices);
        g_object_unref(h->testbed);
        g_free(h);
}
