/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How a test calls and waits. Everything runs in the default main context, the fakes too, so the fakes
 * answer while a test waits. Nothing sleeps. A wait fails the test after WAIT_SECONDS, or after
 * $USHER_TEST_WAIT_SECONDS. */

#include <gio/gio.h>

#define WAIT_SECONDS 30

/* Runs the main loop until the condition is true. The condition is checked after every event. */
#define WAIT_FOR(condition)                                    \
        G_STMT_START {                                         \
                gint64 _end = wait_begin();                    \
                while (!(condition))                           \
                        wait_step(_end, G_STRLOC, #condition); \
        }                                                      \
        G_STMT_END

gint64 wait_begin(void);
void wait_step(gint64 end, const char *where, const char *what);

/* Runs the main loop until that time of the monotonic clock, in µs. Only for tests that show that something
 * does not happen earlier. */
void wait_until_time(gint64 time);

/* A method call, pending or answered. */
typedef struct Call {
        gboolean done;
        GVariant *reply; /* NULL for an error */
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

/* Returns the reply; an error fails the test. */
GVariant *usher_call(GDBusConnection *connection, const char *path, const char *member, GVariant *arguments);

/* Returns the name of the error, "" for success. */
char *usher_error(GDBusConnection *connection, const char *path, const char *member, GVariant *arguments);

/* Expects that error. Its message must not be empty, and must not contain control characters. */
#define assert_refused(connection, path, member, arguments, name) \
        assert_refused_at(G_STRLOC, connection, path, member, arguments, name)
void assert_refused_at(const char *where,
                GDBusConnection *connection,
                const char *path,
                const char *member,
                GVariant *arguments,
                const char *name);

/* A property of an object of usherd, without the variant around it; NULL if the object does not exist. */
GVariant *usher_get(GDBusConnection *connection, const char *path, const char *property);
char *usher_get_string(GDBusConnection *connection, const char *path, const char *property);
guint64 usher_get_uint64(GDBusConnection *connection, const char *path, const char *property);
guint32 usher_get_uint32(GDBusConnection *connection, const char *path, const char *property);

/* The same in GVariant's text form, without type annotations. */
char *usher_get_text(GDBusConnection *connection, const char *path, const char *property);

/* Waits until everything sent to this connection so far has been dispatched. */
void settle(GDBusConnection *connection);
