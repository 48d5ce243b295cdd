"""Reachability with raw sockets and ssl: names, addresses, certificates, proxies, one HTTP exchange and its times."""
