/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the fakes of logind, polkit and systemd have in common: a name on the bus, objects, a log of the
 * calls, and the ways in which a service can fail its clients: absent, hanging, restarted. */

#include "bus.h"

/* An introspection document, one line for each member: METHOD("KillSession", IN("s") IN("s") IN("i")). */
#define INTERFACE(name, members) "<interface name='" name "'>" members "</interface>"
#define METHOD(name, arguments) "<method name='" name "'>" arguments "</method>"
#define SIGNAL(name, arguments) "<signal name='" name "'>" arguments "</signal>"
#define PROPERTY(name, type) "<property name='" name "' type='" type "' access='read'/>"
#define IN(type) "<arg type='" type "' direction='in'/>"
#define OUT(type) "<arg type='" type "' direction='out'/>"
#define ARG(type) "<arg type='" type "'/>"

typedef struct Fake Fake;

/* One method call. */
typedef struct FakeCall {
        gint64 time; /* monotonic, µs */
        char *sender;
        char *path;
        char *interface;
        char *member;
        GVariant *arguments;
} FakeCall;

/* Answers one call. Reads of properties go to FakeGet instead. */
typedef void (*FakeMethod)(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation);

/* The value of one property, floating; NULL if the object is gone. */
typedef GVariant *(*FakeGet)(gpointer owner, const char *path, const char *interface, const char *property);

/* Answers a call in the place of the fake, in any way; returns FALSE to leave that to the fake. signature:
 * the types that the reply should have, as a tuple. */
typedef gboolean (*FakeLie)(gpointer liar,
                const FakeCall *call,
                GDBusMethodInvocation *invocation,
                const char *signature);

struct Fake {
        Bus *bus;
        GDBusConnection *connection; /* NULL: not on the bus */
        GPtrArray *log;              /* of FakeCall */
        gboolean hang;               /* every call and read is logged, and none is answered */
        FakeLie lie;                 /* NULL: the fake is honest */
        gpointer liar;

        /* private */
        const char *name;
        uid_t uid;
        FakeMethod method;
        FakeGet get;
        gpointer owner;
        GDBusNodeInfo *interfaces;
        GPtrArray *objects;
        GPtrArray *deaf_to;
};

/* Takes the name as uid. One introspection document describes the interfaces. */
void fake_init(Fake *fake,
                Bus *bus,
                const char *name,
                uid_t uid,
                const char *xml,
                FakeMethod method,
                FakeGet get,
                gpointer owner);
void fake_done(Fake *fake);

/* Adds an object. It stays registered after the object is gone, and then returns UnknownObject. */
void fake_add_object(Fake *fake, const char *path, const char *interface);

void fake_emit(Fake *fake, const char *path, const char *interface, const char *signal, GVariant *arguments);

/* Sends PropertiesChanged with the current values of these properties. */
void fake_emit_changed(Fake *fake, const char *path, const char *interface, const char *const *properties);

/* Leaves the bus; returns under another unique name with the same objects. */
void fake_stop(Fake *fake);
void fake_start(Fake *fake);
void fake_restart(Fake *fake);

/* Answers the unanswered calls in order, and stops hanging. */
void fake_release(Fake *fake);

/* Answers the unanswered calls with this error, and stops hanging. */
void fake_refuse_all(Fake *fake, const char *error);

/* How often that member was called. */
guint fake_count(Fake *fake, const char *member);

/* The nth call of that member, from 0; the test fails if there is none. */
const FakeCall *fake_nth(Fake *fake, const char *member, guint nth);

/* All calls that would change something, in order: "TerminateSession('3'); KillSession('3', 'all', 9)". It
 * includes what was sent before this call. The caller frees the text. */
char *fake_deeds(Fake *fake);
#define assert_deeds(fake, expected)                        \
        G_STMT_START {                                      \
                g_autofree char *_deeds = fake_deeds(fake); \
                g_assert_cmpstr(_deeds, ==, expected);      \
        }                                                   \
        G_STMT_END

void fake_forget(Fake *fake);
