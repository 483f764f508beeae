/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the stand-ins for logind, polkit and systemd have in common: a name on the bus, objects, a log of
 * what was asked of them, and the ways in which a service can fail its clients: not there, deaf, started
 * anew. */

#include "bus.h"

/* An introspection document, a line a member: METHOD("KillSession", IN("s") IN("s") IN("i")). */
#define INTERFACE(name, members) "<interface name='" name "'>" members "</interface>"
#define METHOD(name, arguments) "<method name='" name "'>" arguments "</method>"
#define SIGNAL(name, arguments) "<signal name='" name "'>" arguments "</signal>"
#define PROPERTY(name, type) "<property name='" name "' type='" type "' access='read'/>"
#define IN(type) "<arg type='" type "' direction='in'/>"
#define OUT(type) "<arg type='" type "' direction='out'/>"
#define ARG(type) "<arg type='" type "'/>"

typedef struct Fake Fake;

/* One method call, as it came. */
typedef struct FakeCall {
        gint64 time; /* monotonic, µs */
        char *sender;
        char *path;
        char *interface;
        char *member;
        GVariant *arguments;
} FakeCall;

/* Answers one call. A read of properties is no call: it goes to FakeGet. */
typedef void (*FakeMethod)(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation);

/* The value of one property, floating; NULL if the object is gone. */
typedef GVariant *(*FakeGet)(gpointer owner, const char *path, const char *interface, const char *property);

struct Fake {
        Bus *bus;
        GDBusConnection *connection; /* NULL: not on the bus */
        GPtrArray *log;              /* of FakeCall */
        gboolean hang;               /* every call and read is logged, and none answered */

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

/* Takes the name as uid. The interfaces stand in one introspection document. */
void fake_init(Fake *fake,
                Bus *bus,
                const char *name,
                uid_t uid,
                const char *xml,
                FakeMethod method,
                FakeGet get,
                gpointer owner);
void fake_done(Fake *fake);

/* Puts an object on the bus. It stays when what it stands for is gone, and answers UnknownObject then. */
void fake_add_object(Fake *fake, const char *path, const char *interface);

void fake_emit(Fake *fake, const char *path, const char *interface, const char *signal, GVariant *arguments);

/* PropertiesChanged with the values that these properties have now. */
void fake_emit_changed(Fake *fake, const char *path, const char *interface, const char *const *properties);

/* Leaves the bus; comes back under another unique name, with the same objects. */
void fake_stop(Fake *fake);
void fake_start(Fake *fake);
void fake_restart(Fake *fake);

/* Answers what has been left unanswered, in order, and hangs no more. */
void fake_release(Fake *fake);

/* Answers what has been left unanswered with this error, and hangs no more. */
void fake_refuse_all(Fake *fake, const char *error);

/* How often that member was called. */
guint fake_count(Fake *fake, const char *member);

/* The nth call of that member, from 0; the test fails if there is none. */
const FakeCall *fake_nth(Fake *fake, const char *member, guint nth);

/* All calls that would change something, in order: "TerminateSession('3'); KillSession('3', 'all', 9)". What
 * was sent before now is in it. Free the text. */
char *fake_deeds(Fake *fake);
#define assert_deeds(fake, expected)                        \
        G_STMT_START {                                      \
                g_autofree char *_deeds = fake_deeds(fake); \
                g_assert_cmpstr(_deeds, ==, expected);      \
        }                                                   \
        G_STMT_END

void fake_forget(Fake *fake);
