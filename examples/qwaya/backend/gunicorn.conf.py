bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = 1
threads = 8
worker_tmp_dir = "/dev/shm"
graceful_timeout = 25
# The container's user has no home for it, and docker has its own ways.
control_socket_disable = True
accesslog = "-"
