import os

bind = f"0.0.0.0:{os.environ['BACKEND_PORT']}"
worker_class = "gthread"
workers = 1
threads = 8
# In memory: on a disk, the workers' heartbeat waits for other containers' writes.
worker_tmp_dir = "/dev/shm"
graceful_timeout = 25
# The container's user has no home for it, and docker has its own ways.
control_socket_disable = True
accesslog = "-"
