/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* AccountsService with the full names of the test's people. */

#include "tests/bus/fake.h"

typedef struct FakeAccounts {
        Fake fake;
        GHashTable *names; /* UID → full name */
} FakeAccounts;

FakeAccounts *fake_accounts_new(Bus *bus);
void fake_accounts_free(FakeAccounts *accounts);
void fake_accounts_name(FakeAccounts *accounts, guint32 uid, const char *name);
