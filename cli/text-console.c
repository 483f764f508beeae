/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/output.h"
#include "cli/text-console.h"
#include "common/bus-util.h"
#include "common/names.h"

bool text_console_is_in_front(Command *c) {
        int in_front;

        return sd_bus_get_property_trivial(c->bus, USHER_BUS_NAME, USHER_PATH, USHER_IFACE_MANAGER,
                               "TextConsole", NULL, 'b', &in_front) >= 0 &&
                        in_front;
}

void text_console_remark(Command *c) {
        bool colored = output_has_colors();

        if (c->json != JSON_OFF || !c->legend || !text_console_is_in_front(c))
                return;

        output_line(stdout, "%s", "");
        fputs(colored ? color_start(COLOR_BAD) : "", stdout);
        output_text(stdout,
                        "A text console is in front on seat0: the keyboards of all stations type into it.");
        printf("%s\n", colored ? COLOR_END : "");
}
