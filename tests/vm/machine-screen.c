/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine-internal.h"

typedef struct Pixel {
        guint8 red, green, blue;
} Pixel;

G_STATIC_ASSERT(sizeof(Pixel) == 3);

struct Screen {
        guint width, height;
        Pixel pixels[];
};

static bool machine_dump_screen(
                Machine *m, guint station, const char *path, const char *format, GError **error) {
        g_autofree char *device = g_strdup_printf("video%u", station);
        JsonObject *o = json_object_new();

        json_object_set_string_member(o, "filename", path);
        json_object_set_string_member(o, "device", device);
        json_object_set_string_member(o, "format", format);
        return channel_call(&m->monitor, "screendump", o, MACHINE_COMMAND_SEC, NULL, error);
}

bool machine_screenshot(Machine *m, guint station, const char *path, GError **error) {
        g_autofree char *absolute = g_canonicalize_filename(path, NULL);

        return machine_dump_screen(m, station, absolute, "png", error);
}

/* QEMU's variant of PPM: "P6\nWIDTH HEIGHT\n255\n", then three bytes for each pixel. */
Screen *machine_look(Machine *m, guint station, GError **error) {
        g_autofree char *path = g_strdup_printf("/proc/self/fd/%i", m->picture_fd);
        char header[32] = {};
        guint width, height;
        int length = 0;
        gsize size;
        Screen *s;

        if (!machine_dump_screen(m, station, path, "ppm", error))
                return NULL;

        if (pread(m->picture_fd, header, sizeof header - 1, 0) < 0 ||
                        sscanf(header, "P6 %5u %5u 255%n", &width, &height, &length) != 2 || length == 0) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                "QEMU's picture has an unknown format");
                return NULL;
        }

        size = (gsize) width * height * sizeof(Pixel);
        s = g_malloc(sizeof *s + size);
        s->width = width;
        s->height = height;
        if (pread(m->picture_fd, s->pixels, size, length + 1) != (ssize_t) size) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "QEMU's picture is truncated");
                return screen_free(s);
        }

        return s;
}

Screen *screen_free(Screen *s) {
        g_free(s);
        return NULL;
}

double screen_difference(const Screen *a, const Screen *b) {
        gsize n = (gsize) a->width * a->height, different = 0;

        if (a->width != b->width || a->height != b->height)
                return 1;

        for (gsize i = 0; i < n; i++)
                different += memcmp(a->pixels + i, b->pixels + i, sizeof(Pixel)) != 0;

        return (double) different / n;
}

double screen_emptiness(const Screen *s) {
        g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
        gsize n = (gsize) s->width * s->height, most = 0;

        for (gsize i = 0; i < n; i++) {
                const Pixel *p = s->pixels + i;
                gpointer key = GUINT_TO_POINTER(p->red << 16 | p->green << 8 | p->blue);
                gsize count = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, key)) + 1;

                g_hash_table_insert(counts, key, GSIZE_TO_POINTER(count));
                most = MAX(most, count);
        }

        return (double) most / n;
}
