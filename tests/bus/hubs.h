/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Simulated devices, for usherd and nobody else: umockdev gives it a /sys of ours and our uevents, and what
 * udev's own rules would have made of a device (seat tags, ID_SEAT, ID_INPUT_*) stands in the private /run
 * of the test, where libudev looks for it. */

#include <glib.h>

typedef struct Hubs Hubs;

/* Starts the program anew below umockdev's library. To be called before world_enter(). */
void hubs_enter(char *argv[]);

/* pace is called after each event, and is to return when usherd has read it: the socket by which umockdev
 * sends holds few of them, and umockdev does not wait. */
Hubs *hubs_new(void (*pace)(gpointer data), gpointer data);
void hubs_free(Hubs *hubs);

/* Each returns the syspath. seat NULL: as the hub above has it, seat0 at last. What is added while usherd
 * runs is unknown to it until hubs_announce(). */
const char *hubs_add_root_hub(Hubs *hubs, const char *name);
const char *hubs_add_hub(
                Hubs *hubs, const char *parent, const char *name, const char *product, const char *seat);
const char *hubs_add_keyboard(Hubs *hubs, const char *parent, const char *name, const char *seat);
const char *hubs_add_mouse(Hubs *hubs, const char *parent, const char *name, const char *seat);

/* A graphics card on the PCI bus: what makes a seat. */
const char *hubs_add_card(Hubs *hubs, const char *name, const char *seat);

/* Anything below a hub, of USB class 00. */
const char *hubs_add_usb(Hubs *hubs, const char *parent, const char *name, const char *product);

/* Raw bytes in a file of a device's directory. */
void hubs_set_attribute(Hubs *hubs, const char *syspath, const char *name, const void *data, gsize size);

/* Sends the "add" events that have not been sent so far. */
void hubs_announce(Hubs *hubs);

/* A device and all below it. The events are sent. */
void hubs_unplug(Hubs *hubs, const char *syspath);
void hubs_plug(Hubs *hubs, const char *syspath);

/* A device, and what has its seat from it, goes to another seat, as after AttachDevice: "change" events are
 * sent. */
void hubs_attach(Hubs *hubs, const char *syspath, const char *seat);
