import os

from predictor import store

bind = f"0.0.0.0:{os.environ['PORT']}"
worker_class = "gthread"
workers = 1
threads = 8
worker_tmp_dir = "/dev/shm"
graceful_timeout = 25


def on_starting(server):
    store.prepare()
