/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The names and pictures of people, from AccountsService where it is there. */

#include <gio/gio.h>

/* Says "changed" when the name or the picture is another. */
#define USHER_TYPE_PERSON (usher_person_get_type())
G_DECLARE_FINAL_TYPE(UsherPerson, usher_person, USHER, PERSON, GObject)

/* The full name, or the name of the account. */
const char *usher_person_get_name(UsherPerson *person);

/* A file that only root can write; NULL if there is none. */
const char *usher_person_get_picture(UsherPerson *person);

typedef struct UsherPeople UsherPeople;

UsherPeople *usher_people_new(GDBusConnection *connection);
void usher_people_free(UsherPeople *people);

/* The same object each time, without a new reference. account: its name on this machine. */
UsherPerson *usher_people_get(UsherPeople *people, guint32 uid, const char *account);
