/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A client of usherd: knows which connection owns org.usher1, calls it, and tells its signals from forged
 * ones. Nothing here starts usherd. */

#include <stdarg.h>

#include "common/bus-util.h"
#include "common/name-watch.h"

typedef struct Client Client;

/* The exit code with which a program that usherd has systemd start asks to be started again. Its unit has it
 * in RestartForceExitStatus=. */
#define CLIENT_EXIT_AGAIN 75

/* Tells systemd that the program is about to exit, and waits until systemd knows: a start that is requested
 * from then on begins a new process. What was requested earlier is in usherd's lists, so the program reads
 * those once more before it exits. */
void client_announce_exit(void);

/* Opens the system bus for a program that exits when the bus closes. Returns 0 or a negative errno, which it
 * has logged. */
int client_open_bus(sd_bus **ret, sd_event *event);

/* Watches the owner of org.usher1. The bus needs an event loop, or somebody who processes it. changed may be
 * NULL; in it client_get_owner() gives the new owner already. Returns 0 or a negative errno. */
int client_new(Client **ret, sd_bus *bus, NameHandler changed, void *userdata);
Client *client_free(Client *c);

DEFINE_CLEANUP(Client *, client_free);
#define _cleanup_client_ _cleanup_(client_freep)

/* The unique name of usherd's connection, NULL while usherd is away or the bus has not answered yet. */
const char *client_get_owner(const Client *c);

/* Takes the owner from elsewhere: the sender of a reply to a call that went to org.usher1, for example. Does
 * not call the handler. Returns 0 or a negative errno. */
int client_set_owner(Client *c, const char *owner);

/* Whether usherd itself sent the message. Any local user may send a signal that names org.usher1's objects,
 * so each handler of a signal asks this first. */
bool client_is_sender(const Client *c, sd_bus_message *m);

/* Subscribes to one signal of org.usher1. The handler must ask client_is_sender(). Returns 0 or a negative
 * errno. */
int client_match(Client *c,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata);

/* Calls a method of usherd at the unique name it has now. With NULL for ret and func usherd sends no reply.
 * types may be NULL. Returns 0, -ENOTCONN while usherd is away, or another negative errno. */
int client_call(Client *c,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                ...);
int client_callv(Client *c,
                sd_bus_slot **ret,
                const char *path,
                const char *interface,
                const char *member,
                sd_bus_message_handler_t func,
                void *userdata,
                const char *types,
                va_list ap);
