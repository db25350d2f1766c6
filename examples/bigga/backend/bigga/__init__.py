"""Bigga's backend: one image for the API, the socket server, the worker, the scheduler and migrations."""
