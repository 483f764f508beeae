/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "hub/device-info.h"

/* Those of logind, and "tty": a text console can make a seat. */
const char *const device_subsystems[] = { "usb", "input", "drm", "graphics", "sound", "tty", NULL };

static bool is_numbered(const char *sysname, const char *prefix) {
        const char *number = startswith(sysname, prefix);

        return number && number[0] && number[strspn(number, "0123456789")] == '\0';
}

static bool has_property(struct udev_device *d, const char *name) {
        return !isempty(udev_device_get_property_value(d, name));
}

/* "1", as opposed to missing, empty or "0". */
static bool is_set(struct udev_device *d, const char *name) {
        const char *value = udev_device_get_property_value(d, name);

        return !isempty(value) && !streq(value, "0");
}

/* Whether the device is one of those that matter here, by its name: card0 and not its connectors, input3 and
 * not its event node. These are what systemd's 71-seat.rules tags. */
static bool is_of_interest(struct udev_device *d) {
        const char *subsystem = strempty(udev_device_get_subsystem(d)),
                   *sysname = udev_device_get_sysname(d);

        if (streq(subsystem, "usb"))
                return streq(strempty(udev_device_get_devtype(d)), "usb_device");
        if (streq(subsystem, "input"))
                return is_numbered(sysname, "input");
        if (streq(subsystem, "drm") || streq(subsystem, "sound"))
                return is_numbered(sysname, "card");
        if (streq(subsystem, "graphics"))
                return is_numbered(sysname, "fb");

        return false;
}

/* The tag as it is now: libudev's has_tag() also knows what the device once had. Devices of umockdev come
 * without udev's database; there the property of the same meaning stands in. */
static bool has_tag(struct udev_device *d, const char *tag) {
        const char *list, *found;
        size_t n = strlen(tag);

        if (udev_device_has_current_tag(d, tag) > 0)
                return true;

        list = strempty(udev_device_get_property_value(d, "CURRENT_TAGS"));
        for (found = strstr(list, tag); found; found = strstr(found + 1, tag))
                if (found > list && found[-1] == ':' && found[n] == ':')
                        return true;

        return false;
}

/* Whether udev has had its say on this device. */
static bool knows_tags(struct udev_device *d) {
        return has_property(d, "USEC_INITIALIZED") || has_property(d, "TAGS") ||
                        has_property(d, "CURRENT_TAGS");
}

/* Where udev has not had its say, its stock rules are assumed: they tag whatever is of interest. An input
 * device is none before udev has looked at its keys. */
static bool would_be_tagged(struct udev_device *d) {
        return is_of_interest(d) &&
                        (!streq(strempty(udev_device_get_subsystem(d)), "input") ||
                                        has_property(d, "ID_INPUT"));
}

static unsigned input_flags(struct udev_device *d) {
        static const char *const pointers[] = {
                "ID_INPUT_MOUSE",
                "ID_INPUT_TOUCHPAD",
                "ID_INPUT_TRACKBALL",
                "ID_INPUT_TOUCHSCREEN",
                "ID_INPUT_TABLET",
                "ID_INPUT_POINTINGSTICK",
        };
        unsigned flags = 0;

        if (is_set(d, "ID_INPUT_KEYBOARD"))
                flags |= DEVICE_IS_KEYBOARD;

        for (size_t i = 0; i < ELEMENTSOF(pointers); i++)
                if (is_set(d, pointers[i]))
                        flags |= DEVICE_IS_POINTER;

        if (is_set(d, "ID_INPUT_JOYSTICK"))
                flags |= DEVICE_IS_OTHER;

        return flags;
}

/* bDeviceClass 09; the kernel's TYPE=9/0/1 says the same of a device that is already gone from sysfs. */
static bool is_hub(struct udev_device *d) {
        const char *class = udev_device_get_sysattr_value(d, "bDeviceClass");
        const char *type = udev_device_get_property_value(d, "TYPE");

        return class ? strtoul(class, NULL, 16) == 0x09 : type && startswith(type, "9/");
}

static unsigned kind_flags(struct udev_device *d) {
        const char *subsystem = strempty(udev_device_get_subsystem(d));

        if (!is_of_interest(d))
                return 0;
        if (streq(subsystem, "usb"))
                return is_hub(d) ? DEVICE_IS_HUB : DEVICE_IS_OTHER;
        if (streq(subsystem, "input"))
                return input_flags(d);
        if (streq(subsystem, "sound"))
                return DEVICE_IS_SOUND;

        return DEVICE_IS_DISPLAY;
}

static unsigned tag_flags(struct udev_device *d) {
        unsigned flags = 0;

        if (knows_tags(d) ? has_tag(d, "seat") : would_be_tagged(d))
                flags |= DEVICE_HAS_SEAT_TAG;
        if ((flags & DEVICE_HAS_SEAT_TAG) && has_tag(d, "master-of-seat"))
                flags |= DEVICE_IS_MASTER_OF_SEAT;

        return flags;
}

static int set_names(DeviceInfo *f, struct udev_device *d) {
        int r;

        r = string_replace(&f->syspath, udev_device_get_syspath(d));
        if (r >= 0)
                r = string_replace(&f->sysname, udev_device_get_sysname(d));
        if (r >= 0)
                r = string_replace(&f->subsystem, udev_device_get_subsystem(d));
        if (r >= 0)
                r = string_replace(&f->devtype, udev_device_get_devtype(d));

        return r;
}

static int set_text(DeviceInfo *f, struct udev_device *d, bool usb) {
        const char *vendor = udev_device_get_property_value(d, "ID_VENDOR_FROM_DATABASE");
        const char *product = udev_device_get_property_value(d, "ID_MODEL_FROM_DATABASE");

        if (usb && isempty(vendor))
                vendor = udev_device_get_sysattr_value(d, "manufacturer");
        if (usb && isempty(product))
                product = udev_device_get_sysattr_value(d, "product");

        return device_info_set_text(f, vendor, product);
}

/* The port of this USB device is a directory of the hub above, to which "port" points: "usb1-port2" of a
 * root hub, "1-3-port2" of any other. Its "peer", where there is one, is the other port of the same
 * connector. A device in a port is named for hub and number: "1-2" in the first, "1-3.2" in the second. */
static int set_peer(DeviceInfo *f) {
        _cleanup_free_ char *link = NULL, *target = NULL;
        const char *name, *port;
        int n;

        if (asprintf(&link, "%s/port/peer", f->syspath) < 0) {
                link = NULL;
                return -ENOMEM;
        }

        target = realpath(link, NULL);
        if (!target)
                return errno == ENOMEM ? -ENOMEM : 0;

        name = strrchr(target, '/') + 1;
        port = strstr(name, "-port");
        if (!port)
                return 0;

        n = (int) (port - name);
        if (startswith(name, "usb"))
                n = asprintf(&f->usb_peer, "%.*s-%s", n - 3, name + 3, port + strlen("-port"));
        else
                n = asprintf(&f->usb_peer, "%.*s.%s", n, name, port + strlen("-port"));
        if (n < 0) {
                f->usb_peer = NULL;
                return -ENOMEM;
        }

        return 0;
}

static int set_usb(DeviceInfo *f, struct udev_device *d) {
        struct udev_device *usb = d;
        const char *text;
        int r;

        /* The parent is d's own: it needs no unref. */
        if (!streq_ptr(f->subsystem, "usb"))
                usb = udev_device_get_parent_with_subsystem_devtype(d, "usb", "usb_device");
        if (!usb)
                return 0;

        r = string_replace(&f->usb_path, udev_device_get_syspath(usb));
        if (r < 0)
                return r;

        if (streq_ptr(udev_device_get_sysattr_value(usb, "removable"), "fixed"))
                f->flags |= DEVICE_IS_FIXED;

        if (!(f->flags & DEVICE_IS_HUB))
                return 0;

        text = udev_device_get_sysattr_value(usb, "speed");
        f->usb_speed = text ? (unsigned) MIN_OF(strtoul(text, NULL, 10), 1000000UL) : 0;
        return set_peer(f);
}

int device_info_from_udev(DeviceInfo *ret, struct udev_device *d) {
        _cleanup_(device_info_done) DeviceInfo f = {};
        int r;

        f.flags = kind_flags(d) | tag_flags(d);

        /* Seats are made by more than what is looked at: by a text console, say. */
        if (!is_of_interest(d) && !(f.flags & DEVICE_IS_MASTER_OF_SEAT))
                return 0;

        r = set_names(&f, d);
        if (r < 0)
                return r;

        /* Gone between event and read: the next event says so. */
        if (access(f.syspath, F_OK) < 0)
                return 0;

        r = device_info_set_seat(&f, udev_device_get_property_value(d, "ID_SEAT"));
        if (r < 0)
                return r;
        r = set_usb(&f, d);
        if (r < 0)
                return r;
        r = set_text(&f, d, streq_ptr(f.subsystem, "usb"));
        if (r < 0)
                return r;

        *ret = f;
        f = (DeviceInfo) {};
        return 1;
}
