/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#define USHER_TYPE_APPLICATION (usher_application_get_type())
G_DECLARE_FINAL_TYPE(UsherApplication, usher_application, USHER, APPLICATION, AdwApplication)

UsherApplication *usher_application_new(void);
