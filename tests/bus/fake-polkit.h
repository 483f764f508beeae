/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A polkit that answers what the test tells it to. It fails the test by itself when it is asked about
 * anything but a name on the bus: every other kind of subject is a race (CVE-2013-4288). */

#include "fake.h"

typedef enum FakeVerdict {
        FAKE_POLKIT_NO,
        FAKE_POLKIT_YES,
        FAKE_POLKIT_CHALLENGE, /* with the interactive flag the person says yes, without it nobody is asked
                                */
        FAKE_POLKIT_ERROR,     /* the call fails */
} FakeVerdict;

#define FAKE_POLKIT_ANY_UID G_MAXUINT32

/* One question, in the order of arrival. */
typedef struct FakeQuestion {
        char *subject; /* the unique name */
        char *action;
        GVariant *details; /* a{ss} */
        guint32 flags;
        char *cancellation;
        gboolean cancelled;
} FakeQuestion;

typedef struct FakePolkit {
        Fake fake;
        GPtrArray *questions; /* of FakeQuestion */
        gboolean hold;        /* a person is typing a password: no verdict before fake_polkit_release() */
        const char *spare;    /* whatever the rules say, no to what concerns the user of that name */

        /* private */
        GPtrArray *rules;
        GPtrArray *held;
} FakePolkit;

FakePolkit *fake_polkit_new(Bus *bus);
void fake_polkit_free(FakePolkit *polkit);

/* The latest word on an action (NULL: all) and a user counts. Without any: no. */
void fake_polkit_answer(FakePolkit *polkit, const char *action, guint32 uid, FakeVerdict verdict);

/* Gives the verdicts that were held back, as the rules are now, and holds no more. */
void fake_polkit_release(FakePolkit *polkit);
guint fake_polkit_n_held(FakePolkit *polkit);

/* The last question of all; the test fails if there was none. */
const FakeQuestion *fake_polkit_last(FakePolkit *polkit);

/* One detail of a question; "" if it was not given. */
const char *fake_polkit_detail(const FakeQuestion *question, const char *name);
