"""The Python half: HTTP services by Tornado, and workers off RabbitMQ queues."""
