/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "machine-internal.h"

static bool machine_add_device(Machine *m, JsonObject *device, GError **error) {
        return channel_call(&m->monitor, "device_add", device, MACHINE_COMMAND_SEC, NULL, error);
}

static JsonObject *usb_device_new(const char *driver, guint station, const char *port) {
        JsonObject *o = json_object_new();
        g_autofree char *bus = g_strdup_printf("usb%u.0", station);

        json_object_set_string_member(o, "driver", driver);
        json_object_set_string_member(o, "bus", bus);
        json_object_set_string_member(o, "port", port);
        return o;
}

static void device_set(JsonObject *device, const char *name, const char *prefix, guint station) {
        g_autofree char *value = g_strdup_printf("%s%u", prefix, station);

        json_object_set_string_member(device, name, value);
}

bool machine_unplug_hub(Machine *m, guint station, GError **error) {
        JsonObject *o = json_object_new();

        /* QEMU also removes the devices on the hub. */
        device_set(o, "id", "hub", station);
        return channel_call(&m->monitor, "device_del", o, MACHINE_COMMAND_SEC, NULL, error);
}

bool machine_plug_hub(Machine *m, guint station, GError **error) {
        JsonObject *hub, *keyboard, *mouse;

        hub = usb_device_new("usb-hub", station, "1");
        device_set(hub, "id", "hub", station);
        if (!machine_add_device(m, hub, error))
                return false;

        keyboard = usb_device_new("usb-kbd", station, "1.1");
        device_set(keyboard, "id", "kbd", station);
        device_set(keyboard, "display", "video", station);
        if (!machine_add_device(m, keyboard, error))
                return false;

        mouse = usb_device_new("usb-mouse", station, "1.2");
        device_set(mouse, "id", "mouse", station);
        return machine_add_device(m, mouse, error);
}

bool machine_plug_chained_hub(Machine *m, guint station, GError **error) {
        JsonObject *hub, *keyboard;

        hub = usb_device_new("usb-hub", station, "1.3");
        device_set(hub, "id", "chained", station);
        if (!machine_add_device(m, hub, error))
                return false;

        keyboard = usb_device_new("usb-kbd", station, "1.3.1");
        device_set(keyboard, "id", "chainedkbd", station);
        return machine_add_device(m, keyboard, error);
}

bool machine_unplug_chained_hub(Machine *m, guint station, GError **error) {
        JsonObject *o = json_object_new();

        device_set(o, "id", "chained", station);
        return channel_call(&m->monitor, "device_del", o, MACHINE_COMMAND_SEC, NULL, error);
}

bool machine_powerdown(Machine *m, GError **error) {
        return channel_call(&m->monitor, "system_powerdown", NULL, MACHINE_COMMAND_SEC, NULL, error);
}

/* ---- typing ---- */

/* QEMU's name for a key of the American keyboard, and whether it needs shift; NULL: an unknown character. */
static const char *key_name(char c, bool *ret_shift) {
        static const struct {
                char plain, shifted;
                const char *name;
        } keys[] = {
                { ' ', 0, "spc" },
                { '\n', 0, "ret" },
                { '\t', 0, "tab" },
                { '-', '_', "minus" },
                { '=', '+', "equal" },
                { '.', '>', "dot" },
                { ',', '<', "comma" },
                { '/', '?', "slash" },
                { ';', ':', "semicolon" },
                { '\'', '"', "apostrophe" },
                { '\\', '|', "backslash" },
                { '\033', 0, "esc" },
                { '1', '!', "1" },
                { '2', '@', "2" },
                { '7', '&', "7" },
                { '8', '*', "8" },
                { '9', '(', "9" },
                { '0', ')', "0" },
        };
        static const char letters[] =
                        "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0q\0r\0s\0t\0u\0v\0w\0x\0y\0z";
        static const char *const digits[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };

        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
                if (c == keys[i].plain || (keys[i].shifted && c == keys[i].shifted)) {
                        *ret_shift = c != keys[i].plain;
                        return keys[i].name;
                }

        if (g_ascii_isalpha(c)) {
                *ret_shift = g_ascii_isupper(c);
                return letters + 2 * (g_ascii_tolower(c) - 'a');
        }

        *ret_shift = false;
        return g_ascii_isdigit(c) ? digits[c - '0'] : NULL;
}

static bool machine_move_key(Machine *m, guint station, const char *key, bool down, GError **error) {
        JsonObject *call = json_object_new(), *event = json_object_new(), *data = json_object_new();
        JsonObject *value = json_object_new();
        JsonArray *events = json_array_new();

        json_object_set_string_member(value, "type", "qcode");
        json_object_set_string_member(value, "data", key);
        json_object_set_boolean_member(data, "down", down);
        json_object_set_object_member(data, "key", value);
        json_object_set_string_member(event, "type", "key");
        json_object_set_object_member(event, "data", data);
        json_array_add_object_element(events, event);
        device_set(call, "device", "video", station);
        json_object_set_array_member(call, "events", events);

        return channel_call(&m->monitor, "input-send-event", call, MACHINE_COMMAND_SEC, NULL, error);
}

bool machine_type(Machine *m, guint station, const char *text, GError **error) {
        /* A keyboard holds only a few keys until the PC reads them. */
        const gulong key_usec = 50 * G_TIME_SPAN_MILLISECOND;

        for (; *text; text++) {
                const char *key;
                bool shift;

                key = key_name(*text, &shift);
                if (!key) {
                        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "No key for '%c'",
                                        *text);
                        return false;
                }

                if ((shift && !machine_move_key(m, station, "shift", true, error)) ||
                                !machine_move_key(m, station, key, true, error) ||
                                !machine_move_key(m, station, key, false, error) ||
                                (shift && !machine_move_key(m, station, "shift", false, error)))
                        return false;

                g_usleep(key_usec);
        }

        return true;
}
