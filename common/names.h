/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All names of the interfaces to clients and peers, each defined once. */

#define USHER_BUS_NAME "org.usher1"
#define USHER_PATH "/org/usher1"
#define USHER_PATH_STATION "/org/usher1/station"
#define USHER_PATH_HUB "/org/usher1/hub"
#define USHER_PATH_JOB "/org/usher1/job"
#define USHER_IFACE_MANAGER "org.usher1.Manager"
#define USHER_IFACE_STATION "org.usher1.Station"
#define USHER_IFACE_HUB "org.usher1.Hub"
#define USHER_IFACE_JOB "org.usher1.Job"

#define USHER_ASSOCIATE_SOCKET "/run/usher-associate"
#define USHER_UNIT_ASSOCIATE "usher-associate.socket"
#define USHER_UNIT_CONSOLE "usher-console.service"
#define USHER_UNIT_SHUTDOWN "usher-shutdown.service"

#define USHER_ERROR_NO_SUCH_STATION "org.usher1.Error.NoSuchStation"
#define USHER_ERROR_NO_SUCH_SESSION "org.usher1.Error.NoSuchSession"
#define USHER_ERROR_NO_SUCH_HUB "org.usher1.Error.NoSuchHub"
#define USHER_ERROR_NO_SUCH_JOB "org.usher1.Error.NoSuchJob"
#define USHER_ERROR_NO_SUCH_NOTICE "org.usher1.Error.NoSuchNotice"
#define USHER_ERROR_NO_SUCH_REQUEST "org.usher1.Error.NoSuchRequest"
#define USHER_ERROR_NO_SUCH_ASSOCIATION "org.usher1.Error.NoSuchAssociation"
#define USHER_ERROR_NOT_CANCELLABLE "org.usher1.Error.NotCancellable"
#define USHER_ERROR_SHUTTING_DOWN "org.usher1.Error.ShuttingDown"
#define USHER_ERROR_BUSY "org.usher1.Error.Busy"

#define USHER_ACTION_LOG_OFF_SELF "org.usher1.log-off-self"
#define USHER_ACTION_LOG_OFF "org.usher1.log-off"
#define USHER_ACTION_LOG_OFF_ALL "org.usher1.log-off-all"
#define USHER_ACTION_LOG_OFF_ADMINISTRATOR "org.usher1.log-off-administrator"
#define USHER_ACTION_SKIP_WARNING "org.usher1.skip-warning"
#define USHER_ACTION_SEND_MESSAGE "org.usher1.send-message"
#define USHER_ACTION_MANAGE_STATIONS "org.usher1.manage-stations"
#define USHER_ACTION_SET_MODE "org.usher1.set-mode"
#define USHER_ACTION_RESTART "org.usher1.restart"
#define USHER_ACTION_POWER_OFF "org.usher1.power-off"

#define LOGIND_BUS_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_IFACE_MANAGER "org.freedesktop.login1.Manager"
#define LOGIND_IFACE_SESSION "org.freedesktop.login1.Session"
#define LOGIND_IFACE_SEAT "org.freedesktop.login1.Seat"
#define LOGIND_ERROR_NO_SUCH_SESSION "org.freedesktop.login1.NoSuchSession"
#define LOGIND_ERROR_NO_SUCH_SEAT "org.freedesktop.login1.NoSuchSeat"

#define SYSTEMD_BUS_NAME "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_IFACE_MANAGER "org.freedesktop.systemd1.Manager"
#define SYSTEMD_IFACE_UNIT "org.freedesktop.systemd1.Unit"
#define SYSTEMD_ERROR_NO_SUCH_UNIT "org.freedesktop.systemd1.NoSuchUnit"

#define POLKIT_BUS_NAME "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_IFACE_AUTHORITY "org.freedesktop.PolicyKit1.Authority"

#define NOTIFICATIONS_BUS_NAME "org.freedesktop.Notifications"
#define NOTIFICATIONS_PATH "/org/freedesktop/Notifications"
#define NOTIFICATIONS_IFACE "org.freedesktop.Notifications"

#define DBUS_BUS_NAME "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"
#define DBUS_IFACE "org.freedesktop.DBus"
#define DBUS_IFACE_PROPERTIES "org.freedesktop.DBus.Properties"
#define DBUS_IFACE_OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

/* What sd-bus itself signals about the connection. */
#define DBUS_LOCAL_PATH "/org/freedesktop/DBus/Local"
#define DBUS_LOCAL_IFACE "org.freedesktop.DBus.Local"

/* The longest message of a log-off or to a station, in bytes of UTF-8. */
#define USHER_MESSAGE_MAX 1024U
