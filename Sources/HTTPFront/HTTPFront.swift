// HTTPFront: libmicrohttpd on event loops.
