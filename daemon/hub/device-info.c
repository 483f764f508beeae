/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Only this file reads a struct udev_device. Its strings come from the device itself and may contain any
 * bytes; device.c sanitizes those that people read. */

#include "hub/device-info.h"

/* The subsystems that logind looks at, and "tty", because a text console can make a seat. */
const char *const device_subsystems[] = { "usb", "input", "drm", "graphics", "sound", "tty", NULL };

static bool is_numbered(const char *sysname, const char *prefix) {
        const char *number = startswith(sysname, prefix);

        return number && number[0] && number[strspn(number, "0123456789")] == '\0';
}

static bool has_property(struct udev_device *d, const char *name) {
        return !isempty(udev_device_get_property_value(d, name));
}

/* Whether a property is there and is not "0". */
static bool is_set(struct udev_device *d, const char *name) {
        const char *value = udev_device_get_property_value(d, name);

        return !isempty(value) && !streq(value, "0");
}

/* Whether this is one of the devices that systemd's 71-seat.rules tags: card0 but not its connectors, input3
 * but not its event node. */
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

/* The class 09. If the device is already gone from sysfs, the kernel's TYPE=9/0/1 says the same. */
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

/* A device that udev has not processed yet has no tags. It gets those of udev's stock rules, which tag every
 * device of interest, but input devices only when their keys are known. */
static unsigned tag_flags(struct udev_device *d) {
        bool input = streq(strempty(udev_device_get_subsystem(d)), "input");

        if (udev_device_get_is_initialized(d) <= 0)
                return is_of_interest(d) && (!input || has_property(d, "ID_INPUT")) ? DEVICE_HAS_SEAT_TAG :
                                                                                      0;

        /* udev_device_has_tag() also returns tags that the device no longer has. */
        if (udev_device_has_current_tag(d, "seat") <= 0)
                return 0;

        return DEVICE_HAS_SEAT_TAG |
                        (udev_device_has_current_tag(d, "master-of-seat") > 0 ? DEVICE_IS_MASTER_OF_SEAT :
                                                                                0);
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

/* The link "port" of a USB device leads to a directory of the hub above: "usb1-port2" of a root hub,
 * "1-3-port2" of another hub. Its link "peer", if there is one, leads to the other port of the same
 * connector. A device in a port is named for the hub and the port: "1-2" in the first, "1-3.2" in the
 * second. */
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

        /* libudev owns the parent, so there is no unref. */
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

        /* Any device can make a seat, for example a text console. */
        if (!is_of_interest(d) && !(f.flags & DEVICE_IS_MASTER_OF_SEAT))
                return 0;

        r = set_names(&f, d);
        if (r < 0)
                return r;

        /* The device is already gone, and the next event will say so. */
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
