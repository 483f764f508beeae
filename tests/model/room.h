/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Hubs and stations as schools build them. Devices are written as the kernel names them: hub("1-1.2") is
 * what is plugged into port 2 of the hub in port 1 of the root hub usb1, and its place in sysfs follows from
 * that. */

#include <glib.h>

#include "hub/topology.h"

typedef struct Room {
        Topology *topology;
        GString *told; /* what the last settle() told, "+1-1 1-2:role seat0:devices" */
        unsigned last_input;
} Room;

#define room_add(path, function) g_test_add(path, Room, NULL, room_set_up, function, room_tear_down)
void room_set_up(Room *room, const void *data);
void room_tear_down(Room *room, const void *data);

/* Returns what it told. */
const char *settle(Room *room);

/* "1-1.2" -> ".../usb1/1-1/1-1.2". Whoever wants another controller gives the whole path. */
char *path_of(const char *name);

/* What a device is made of here; seat is NULL for none that udev knows, which means seat0. */
typedef struct What {
        const char *name;
        const char *seat;
        unsigned flags;
        unsigned speed;
        const char *peer;
        const char *usb;       /* the USB device that it is a part of */
        const char *subsystem; /* of a part */
        const char *product;
} What;

int put(Room *room, const What *w);
void hub_at(Room *room, const char *name, const char *seat);
void hub(Room *room, const char *name);
void half(Room *room, const char *name, unsigned speed, const char *peer);

/* The USB device and the input device in it. */
void input(Room *room, const char *name, const char *seat, unsigned flags);
void keyboard_at(Room *room, const char *name, const char *seat);
void keyboard(Room *room, const char *name);
void mouse_at(Room *room, const char *name, const char *seat);
void mouse(Room *room, const char *name);

void unplug(Room *room, const char *name);

const Hub *find_hub(Room *room, const char *id);
void check_hub(Room *room, const char *id, const char *role, const char *seat);
void check_kinds(const DeviceList *l, const char *kinds);

/* The hubs as they are listed: "usb1 1-1 1-1.2". */
void check_order(Room *room, const char *expected);
