/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A polkit that answers as the test says. It fails the test when it gets a subject that is not a name on the
 * bus: every other kind of subject is a race (CVE-2013-4288). */

#include "fake.h"

typedef enum FakeVerdict {
        FAKE_POLKIT_NO,
        FAKE_POLKIT_YES,
        FAKE_POLKIT_CHALLENGE, /* yes with the interactive flag, else no */
        FAKE_POLKIT_ERROR,     /* the call fails */
        FAKE_POLKIT_HANG,      /* a password dialog that nobody answers, before fake_polkit_release() */
} FakeVerdict;

#define FAKE_POLKIT_ANY_UID G_MAXUINT32

/* One check, in the order of arrival. */
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
        gboolean hold;        /* a person is typing a password: no answer before fake_polkit_release() */
        const char *spare;    /* always no to a check that concerns the user with that name */

        /* private */
        GPtrArray *rules;
        GPtrArray *held;
} FakePolkit;

FakePolkit *fake_polkit_new(Bus *bus);
void fake_polkit_free(FakePolkit *polkit);

/* Sets the answer for an action (NULL: all) and a user; the latest setting counts. The default is no. */
void fake_polkit_answer(FakePolkit *polkit, const char *action, guint32 uid, FakeVerdict verdict);

/* Sends the answers that were held, by the rules of now, and holds no more. */
void fake_polkit_release(FakePolkit *polkit);
guint fake_polkit_n_held(FakePolkit *polkit);

/* The last check of all; the test fails if there was none. */
const FakeQuestion *fake_polkit_last(FakePolkit *polkit);

/* One detail of a check; "" if it was not given. */
const char *fake_polkit_detail(const FakeQuestion *question, const char *name);
