/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Strings that a device made up are sanitized before they enter a DeviceInfo. Everything else in the daemon
 * may print, store and send them as they are. */

#include "common/seat-id.h"
#include "common/text.h"
#include "hub/device.h"

static const char *const device_kind_table[_DEVICE_KIND_MAX] = {
        [DEVICE_KEYBOARD] = "keyboard",
        [DEVICE_POINTER] = "pointer",
        [DEVICE_DISPLAY] = "display",
        [DEVICE_SOUND] = "sound",
        [DEVICE_HUB] = "hub",
        [DEVICE_OTHER] = "other",
};

DEFINE_STRING_TABLE(DeviceKind, device_kind, device_kind_table, _DEVICE_KIND_MAX);

/* All strings of a DeviceInfo, so that no function below forgets one. */
static const size_t strings[] = {
        offsetof(DeviceInfo, syspath),
        offsetof(DeviceInfo, sysname),
        offsetof(DeviceInfo, subsystem),
        offsetof(DeviceInfo, devtype),
        offsetof(DeviceInfo, seat),
        offsetof(DeviceInfo, vendor),
        offsetof(DeviceInfo, product),
        offsetof(DeviceInfo, usb_path),
        offsetof(DeviceInfo, usb_peer),
};

static char **string_at(const DeviceInfo *f, size_t i) {
        return (char **) ((char *) f + strings[i]);
}

void device_info_done(DeviceInfo *f) {
        for (size_t i = 0; i < ELEMENTSOF(strings); i++)
                free(*string_at(f, i));

        *f = (DeviceInfo) {};
}

int device_info_copy(DeviceInfo *ret, const DeviceInfo *f) {
        _cleanup_(device_info_done) DeviceInfo copy = { .usb_speed = f->usb_speed, .flags = f->flags };
        int r;

        for (size_t i = 0; i < ELEMENTSOF(strings); i++) {
                r = string_replace(string_at(&copy, i), *string_at(f, i));
                if (r < 0)
                        return r;
        }

        *ret = copy;
        copy = (DeviceInfo) {};
        return 0;
}

bool device_info_equal(const DeviceInfo *a, const DeviceInfo *b) {
        for (size_t i = 0; i < ELEMENTSOF(strings); i++)
                if (!streq_ptr(*string_at(a, i), *string_at(b, i)))
                        return false;

        return a->usb_speed == b->usb_speed && a->flags == b->flags;
}

int device_info_set_seat(DeviceInfo *f, const char *id_seat) {
        bool tagged = f->flags & DEVICE_HAS_SEAT_TAG;
        const char *seat = isempty(id_seat) ? "seat0" : id_seat;
        int r;

        f->flags &= ~DEVICE_SEAT_IGNORED;
        if (tagged && !seat_id_is_valid(seat)) {
                f->flags |= DEVICE_SEAT_IGNORED;
                tagged = false;
        }

        r = string_replace(&f->seat, tagged ? seat : NULL);
        return r < 0 ? r : tagged;
}

/* Many devices pad their name with spaces. */
static int set_text(char **p, const char *raw) {
        _cleanup_free_ char *safe = NULL;
        size_t n;
        int r;

        raw = strempty(raw);
        raw += strspn(raw, " ");
        safe = text_sanitize(raw, DEVICE_TEXT_MAX);
        if (!safe)
                return -ENOMEM;

        for (n = strlen(safe); n > 0 && safe[n - 1] == ' '; n--)
                safe[n - 1] = '\0';

        r = string_replace(p, safe);
        return r < 0 ? r : 0;
}

int device_info_set_text(DeviceInfo *f, const char *vendor, const char *product) {
        int r;

        r = set_text(&f->vendor, vendor);
        if (r < 0)
                return r;

        return set_text(&f->product, product);
}

DeviceKind device_info_kind(const DeviceInfo *f) {
        unsigned flags = f->flags;

        /* The device that makes a seat is what its person looks at, even if it is a text console. */
        if (flags & DEVICE_IS_MASTER_OF_SEAT)
                flags |= DEVICE_IS_DISPLAY;

        for (int kind = 0; kind < _DEVICE_KIND_MAX; kind++)
                if (flags & (1U << kind))
                        return (DeviceKind) kind;

        return _DEVICE_KIND_INVALID;
}

int device_list_append(DeviceList *l, DeviceKind kind, const char *syspath) {
        _cleanup_free_ char *copy = strdup(syspath);
        DeviceEntry *entries;

        entries = copy ? reallocarray(l->entries, l->n_entries + 1, sizeof(*entries)) : NULL;
        if (!entries)
                return -ENOMEM;

        l->entries = entries;
        l->entries[l->n_entries++] = (DeviceEntry) { .kind = kind, .syspath = TAKE_PTR(copy) };
        return 0;
}

void device_list_done(DeviceList *l) {
        for (size_t i = 0; i < l->n_entries; i++)
                free(l->entries[i].syspath);

        free(l->entries);
        *l = (DeviceList) {};
}

bool device_list_equal(const DeviceList *a, const DeviceList *b) {
        if (a->n_entries != b->n_entries)
                return false;

        for (size_t i = 0; i < a->n_entries; i++)
                if (a->entries[i].kind != b->entries[i].kind ||
                                !streq(a->entries[i].syspath, b->entries[i].syspath))
                        return false;

        return true;
}

static Device *device_free(Device *d) {
        if (!d)
                return NULL;

        device_info_done(&d->info);
        free(d);
        return NULL;
}

DEFINE_CLEANUP(Device *, device_free);

void device_set_done(DeviceSet *set) {
        for (size_t i = 0; i < set->n_items; i++)
                device_free(set->items[i]);

        free(set->items);
        *set = (DeviceSet) {};
}

size_t device_set_position(const DeviceSet *set, const char *path, size_t length) {
        size_t i = 0, n = set->n_items;

        while (i < n) {
                size_t middle = i + (n - i) / 2;

                if (strncmp(set->items[middle]->info.syspath, path, length) < 0)
                        i = middle + 1;
                else
                        n = middle;
        }

        return i;
}

Device *device_set_find(const DeviceSet *set, const char *path, size_t length) {
        size_t i = device_set_position(set, path, length);
        Device *d = i < set->n_items ? set->items[i] : NULL;

        return d && strncmp(d->info.syspath, path, length) == 0 && d->info.syspath[length] == '\0' ? d :
                                                                                                     NULL;
}

static int device_set_add(DeviceSet *set, const DeviceInfo *info) {
        _cleanup_(device_freep) Device *d = NULL;
        size_t i = device_set_position(set, info->syspath, strlen(info->syspath));
        int r;

        if (set->n_items >= DEVICES_MAX)
                return -ENOSPC;

        if (set->n_items == set->n_allocated) {
                size_t n = MAX_OF(set->n_allocated * 2, (size_t) 64);
                Device **items;

                items = reallocarray(set->items, n, sizeof(*items));
                if (!items)
                        return -ENOMEM;
                set->items = items;
                set->n_allocated = n;
        }

        d = calloc(1, sizeof(*d));
        if (!d)
                return -ENOMEM;
        d->seen = set->enumeration;
        r = device_info_copy(&d->info, info);
        if (r < 0)
                return r;

        memmove(set->items + i + 1, set->items + i, (set->n_items - i) * sizeof(*set->items));
        set->items[i] = TAKE_PTR(d);
        set->n_items++;
        return 1;
}

int device_set_apply(DeviceSet *set, const DeviceInfo *info) {
        Device *d = device_set_find(set, info->syspath, strlen(info->syspath));
        DeviceInfo copy;
        int r;

        if (!d)
                return device_set_add(set, info);

        d->seen = set->enumeration;
        if (device_info_equal(&d->info, info))
                return 0;

        r = device_info_copy(&copy, info);
        if (r < 0)
                return r;
        device_info_done(&d->info);
        d->info = copy;
        return 1;
}

bool device_set_remove(DeviceSet *set, const char *syspath) {
        size_t i = device_set_position(set, syspath, strlen(syspath));

        if (i >= set->n_items || !streq(set->items[i]->info.syspath, syspath))
                return false;

        device_free(set->items[i]);
        set->n_items--;
        memmove(set->items + i, set->items + i + 1, (set->n_items - i) * sizeof(*set->items));
        return true;
}

bool device_set_sweep(DeviceSet *set) {
        size_t n = 0, before = set->n_items;

        for (size_t i = 0; i < before; i++)
                if (set->items[i]->seen == set->enumeration)
                        set->items[n++] = set->items[i];
                else
                        device_free(set->items[i]);

        set->n_items = n;
        return n != before;
}

/* The length of the directory's part of this path. */
static size_t parent_length(const char *path, size_t length) {
        const char *slash = memrchr(path, '/', length);

        return slash ? (size_t) (slash - path) : 0;
}

/* Whether a listing has this device already: one part of a USB device is listed, or the graphics card of a
 * frame buffer is. */
static bool is_listed_elsewhere(const DeviceSet *set, const DeviceInfo *f) {
        bool usb = streq_ptr(f->devtype, "usb_device");
        size_t length = strlen(f->syspath);

        if (!usb) {
                if (!streq_ptr(f->subsystem, "graphics") || !(f->flags & DEVICE_IS_DISPLAY))
                        return false;

                /* .../0000:00:02.0/graphics/fb0 is a cousin of .../0000:00:02.0/drm/card0. */
                length = parent_length(f->syspath, parent_length(f->syspath, length));
        }

        for (size_t i = device_set_position(set, f->syspath, length); i < set->n_items; i++) {
                const DeviceInfo *other = &set->items[i]->info;

                if (strncmp(other->syspath, f->syspath, length) != 0)
                        return false;
                if (other == f || other->syspath[length] != '/' || device_info_kind(other) < 0)
                        continue;
                if (usb ? streq_ptr(other->usb_path, f->syspath) : streq_ptr(other->subsystem, "drm"))
                        return true;
        }

        return false;
}

DeviceKind device_set_kind(const DeviceSet *set, const DeviceInfo *f) {
        /* A hub has a line of its own, even if it has a keypad that is listed. */
        if (!(f->flags & DEVICE_IS_HUB) && is_listed_elsewhere(set, f))
                return _DEVICE_KIND_INVALID;

        return device_info_kind(f);
}
