/* The applets of longhaul-node. */
#ifndef NODE_APPLETS_H
#define NODE_APPLETS_H

#include "applet.h"

extern const struct applet keepalive_applet;
extern const struct applet stale_applet;

#endif
