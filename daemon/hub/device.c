/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/text.h"
#include "core/station.h"
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

/* Every string of a DeviceInfo, so that no function below forgets one. */
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
        if (tagged && !station_id_is_valid(seat)) {
                f->flags |= DEVICE_SEAT_IGNORED;
                tagged = false;
        }

        r = string_replace(&f->seat, tagged ? seat : NULL);
        return r < 0 ? r : tagged;
}

/* A name is one line for a table: spaces at its ends, which many devices have, say nothing. */
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

        /* What makes a seat is what its person looks at, whatever it is: a text console is a seat's display
         * too. */
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
