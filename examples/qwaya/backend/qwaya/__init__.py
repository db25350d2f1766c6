"""Qwaya: campaigns, and the reports that workers make of them."""

import pymysql

# Django's MySQL backend asks for the module MySQLdb.
pymysql.install_as_MySQLdb()
