/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How a test asks and waits. Everything, the fakes too, runs in the default main context: while a test waits
 * for an answer the fakes answer. Nothing sleeps; what does not come within WAIT_SECONDS fails the test. */

#include <gio/gio.h>

#define WAIT_SECONDS 30

/* Runs the main loop until the condition holds. It is looked at again after every event. */
#define WAIT_FOR(condition)                                    \
        G_STMT_START {                                         \
                gint64 _end = wait_begin();                    \
                while (!(condition))                           \
                        wait_step(_end, G_STRLOC, #condition); \
        }                                                      \
        G_STMT_END

gint64 wait_begin(void);
void wait_step(gint64 end, const char *where, const char *what);

/* Runs the main loop until that time of the monotonic clock, in µs: only where a test must show that
 * something does not happen before. */
void wait_until_time(gint64 time);

/* A call under way, or answered. */
typedef struct Call {
        gboolean done;
        GVariant *reply; /* NULL: refused */
        char *error;     /* the D-Bus name of the error, else NULL */
        char *text;
        gint64 sent, answered; /* monotonic, µs */
        GCancellable *cancellable;
} Call;

void call_free(Call *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_free)

/* Arguments in GVariant's text form, always as a tuple: ARGS("(%s, {'grace': <uint32 1>})", station). */
#define ARGS(...) g_variant_new_parsed(__VA_ARGS__)
#define NO_OPTIONS "@a{sv} {}"

/* Starts a call to any service. */
Call *call_send(GDBusConnection *connection,
                const char *destination,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                gboolean interactive);
void call_wait(Call *call);

/* Calls to usherd. "Station.LogOff" is member LogOff of interface org.usher1.Station. */
Call *usher_send(GDBusConnection *connection, const char *path, const char *member, GVariant *arguments);

/* The reply, or the test fails. */
GVariant *usher_call(GDBusConnection *connection, const char *path, const char *member, GVariant *arguments);

/* The name of the error; "" for success. */
char *usher_error(GDBusConnection *connection, const char *path, const char *member, GVariant *arguments);

/* Expects that error. The message of it must not be empty, nor hold what a terminal would act on. */
#define assert_refused(connection, path, member, arguments, name) \
        assert_refused_at(G_STRLOC, connection, path, member, arguments, name)
void assert_refused_at(const char *where,
                GDBusConnection *connection,
                const char *path,
                const char *member,
                GVariant *arguments,
                const char *name);

/* One property of a usherd object, without the variant around it; NULL if the object is not there. */
GVariant *usher_get(GDBusConnection *connection, const char *path, const char *property);
char *usher_get_string(GDBusConnection *connection, const char *path, const char *property);
guint64 usher_get_uint64(GDBusConnection *connection, const char *path, const char *property);
guint32 usher_get_uint32(GDBusConnection *connection, const char *path, const char *property);

/* The same in GVariant's text form, without type marks: easy to compare and to read. */
char *usher_get_text(GDBusConnection *connection, const char *path, const char *property);

/* What has been sent to this connection before now has been dispatched when this returns. */
void settle(GDBusConnection *connection);
