/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-stations, the application a teacher keeps open. It runs without any privilege; usherd and polkit
 * decide what it may do. */

#include <libintl.h>
#include <locale.h>

#include "build-config.h"
#include "stations/application.h"

int main(int argc, char *argv[]) {
        g_autoptr(UsherApplication) application = NULL;

        setlocale(LC_ALL, "");
        bindtextdomain("usher", LOCALEDIR);
        bind_textdomain_codeset("usher", "UTF-8");
        textdomain("usher");

        application = usher_application_new();
        return g_application_run(G_APPLICATION(application), argc, argv);
}
