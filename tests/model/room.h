/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Hubs and stations as in schools. Devices have the names that the kernel gives them: hub("1-1.2") is a hub
 * in port 2 of the hub in port 1 of the root hub usb1. Their place in sysfs follows from the name. */

#include <glib.h>

#include "hub/topology.h"

typedef struct Room {
        Topology *topology;
        GString *told; /* the callbacks of the last settle(): "+1-1 1-2:role seat0:devices" */
        unsigned last_input;
} Room;

#define room_add(path, function) g_test_add(path, Room, NULL, room_set_up, function, room_tear_down)
void room_set_up(Room *room, const void *data);
void room_tear_down(Room *room, const void *data);

/* Returns room->told. */
const char *settle(Room *room);

/* "1-1.2" becomes ".../usb1/1-1/1-1.2". A complete path stays, for devices of another controller. */
char *path_of(const char *name);

/* One device. seat is its ID_SEAT; NULL means that it has none, and is seat0's. */
typedef struct What {
        const char *name;
        const char *seat;
        unsigned flags;
        unsigned speed;
        const char *peer;
        const char *usb;       /* the USB device that this is a part of */
        const char *subsystem; /* of a part of a USB device */
        const char *product;
} What;

int put(Room *room, const What *w);
void hub_at(Room *room, const char *name, const char *seat);
void hub(Room *room, const char *name);
void half(Room *room, const char *name, unsigned speed, const char *peer);

/* Each adds the USB device and its input device. */
void input(Room *room, const char *name, const char *seat, unsigned flags);
void keyboard_at(Room *room, const char *name, const char *seat);
void keyboard(Room *room, const char *name);
void mouse_at(Room *room, const char *name, const char *seat);
void mouse(Room *room, const char *name);

void unplug(Room *room, const char *name);

const Hub *find_hub(Room *room, const char *id);
void check_hub(Room *room, const char *id, const char *role, const char *seat);
void check_kinds(const DeviceList *l, const char *kinds);

/* Checks the order in which hubs are listed: "usb1 1-1 1-1.2". */
void check_order(Room *room, const char *expected);
