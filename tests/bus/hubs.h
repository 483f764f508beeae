/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Simulated devices that only usherd sees: umockdev gives it a simulated /sys and uevents. The results of
 * udev's rules (seat tags, ID_SEAT, ID_INPUT_*) are in the private /run of the test, where libudev looks for
 * them. */

#include <glib.h>

typedef struct Hubs Hubs;

/* Executes the program again with umockdev's library preloaded. To be called before world_enter(). */
void hubs_enter(char *argv[]);

/* pace is called after each event, and must return when usherd has read it: umockdev's socket holds only a
 * few events, and umockdev does not wait. */
Hubs *hubs_new(void (*pace)(gpointer data), gpointer data);
void hubs_free(Hubs *hubs);

/* Each returns the syspath. seat NULL: the seat of the hub above, or seat0. Devices added while usherd runs
 * are unknown to it until hubs_announce(). */
const char *hubs_add_root_hub(Hubs *hubs, const char *name);
const char *hubs_add_hub(
                Hubs *hubs, const char *parent, const char *name, const char *product, const char *seat);
const char *hubs_add_keyboard(Hubs *hubs, const char *parent, const char *name, const char *seat);
const char *hubs_add_mouse(Hubs *hubs, const char *parent, const char *name, const char *seat);

/* A graphics card on the PCI bus: what makes a seat. */
const char *hubs_add_card(Hubs *hubs, const char *name, const char *seat);

/* Any device below a hub, of USB class 00. */
const char *hubs_add_usb(Hubs *hubs, const char *parent, const char *name, const char *product);

/* Writes raw bytes into a file of a device's directory. */
void hubs_set_attribute(Hubs *hubs, const char *syspath, const char *name, const void *data, gsize size);

/* Sends the "add" events that have not been sent yet. */
void hubs_announce(Hubs *hubs);

/* Removes or adds a device with everything below it, and sends the events. */
void hubs_unplug(Hubs *hubs, const char *syspath);
void hubs_plug(Hubs *hubs, const char *syspath);

/* Moves a device, with everything that has its seat from it, to another seat, as after AttachDevice: sends
 * "change" events. */
void hubs_attach(Hubs *hubs, const char *syspath, const char *seat);
